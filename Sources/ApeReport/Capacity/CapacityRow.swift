import ApeCore
import ApeRun

/// A try of a search, as every format shows it.
package struct CapacityRow: Sendable {
    /// The stage's name.
    package let name: String
    package let level: Double
    /// The level without its unit.
    package let levelText: String
    package let status: Verdict.Status
    let isMarginal: Bool
    /// What it turned on, in a few words.
    package let bound: String
    /// That condition's figure and limit; `-` where it has none.
    package let value: String
    package let limit: String
    /// The figure of what bound the search, whatever this try itself turned on; nil where it was not measured.
    let boundingValue: Double?
    /// Actions a second over the hold; nil where it was not held.
    let throughput: Double?
    /// Why it failed or proves nothing; nil for one that passed.
    let reason: String?

    var statusText: String { status.rawValue + (isMarginal ? " (marginal)" : "") }

    init(_ attempt: CapacityTry, in capacity: CapacityAnswer, _ stage: StageRow) {
        name = attempt.name
        level = attempt.level
        levelText = capacity.search.digits(attempt.level)
        status = attempt.status
        isMarginal = attempt.isMarginal
        bound = attempt.bound?.name ?? "-"
        value = attempt.bound?.valueText ?? "-"
        limit = attempt.bound?.limitText ?? "-"
        boundingValue = attempt.conditions.first { $0.series == capacity.bound?.series }?.value
        throughput = stage.actionsPerSecond
        reason = attempt.status == .pass ? nil : attempt.reason
    }
}

extension RunReport {
    /// What the run's search for capacity came to; nil for a run that follows a plan.
    package var capacity: CapacityAnswer? { verdict.capacity }

    /// The tries of the search, in the order in which they were made.
    package var tries: [CapacityRow] {
        guard let capacity else { return [] }
        return capacity.tries.map { CapacityRow($0, in: capacity, tables.stages[$0.stage]) }
    }
}
