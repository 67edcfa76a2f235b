/// One of the eight targets: what it is measured against, and in which direction it passes.
package struct KPITarget: Sendable, Equatable {
    package var key: KPIKey
    /// The value in force: the scenario's, or else the default.
    package var value: Double
    package var defaultValue: Double
    package var unit: Unit
    package var direction: Direction
    /// A failed critical target fails the run.
    package var isCritical: Bool

    package enum Unit: String, Sendable {
        case seconds
        case percent
        case agents

        /// What stands after a number.
        package var symbol: String {
            switch self {
            case .seconds: " s"
            case .percent: " %"
            case .agents: ""
            }
        }
    }

    package enum Direction: String, Sendable {
        case below = "<"
        case atLeast = ">="
    }

    /// Whether a measured value meets the target.
    package func passes(_ measured: Double) -> Bool {
        switch direction {
        case .below: measured < value
        case .atLeast: measured >= value
        }
    }

    /// The target of `key`, with the scenario's own value where it gives one.
    package init(_ key: KPIKey, override: Double? = nil) {
        self.key = key
        isCritical = key.definition.isCritical
        switch key.definition.condition {
        case .below(let value, let unit): (defaultValue, self.unit, direction) = (value, unit, .below)
        case .atLeast(let value, let unit): (defaultValue, self.unit, direction) = (value, unit, .atLeast)
        }
        value = override ?? defaultValue
    }
}

/// What formats say of a target.
extension KPITarget {
    /// What is measured, for people.
    package var title: String { key.definition.title }
    /// A few words for a table.
    package var shortTitle: String { key.definition.shortTitle }
    /// The unit after a number.
    package var symbol: String { unit.symbol }

    /// Such as `< 1.5 seconds`; with the default where the scenario overrides it.
    package var sentence: String {
        let plain = "\(direction.rawValue) \(short(value)) \(unit == .percent ? "%" : unit.rawValue)"
        return value == defaultValue ? plain : plain + " (default \(short(defaultValue)))"
    }

    /// A target's value in as few digits as it needs.
    package func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 && unit != .seconds ? String(Int64(value)) : "\(value)"
    }

    /// A measured value of this target's unit without the unit.
    package func digits(_ value: Double) -> String {
        switch unit {
        case .seconds: Decimals.text(value, places: 3)
        case .percent: Decimals.text(value, places: 1)
        case .agents: Decimals.text(value, places: 0)
        }
    }

    /// A measured value of this target's unit.
    package func amount(_ value: Double) -> String { digits(value) + symbol }
}
