import ApeCore

/// One comparison with a value that may hold templates.
struct PreparedComparison: Sendable {
    let comparison: Comparison
    let value: JSONValue
    private let hasTemplates: Bool
    private let pattern: TextPattern?

    init(_ comparison: Comparison, _ value: JSONValue) throws(ApeError) {
        self.comparison = comparison
        self.value = value
        hasTemplates = !value.templateNames.isEmpty
        pattern = comparison == .matches ? try TextPattern(value.string ?? "") : nil
    }

    /// Whether it holds for at least one of the values that were found; ``Comparison/absent`` holds where there is
    /// none. A template without a value holds for nothing.
    func holds(for found: [JSONValue], _ state: SessionState) -> Bool {
        switch comparison {
        case .exists: return !found.isEmpty
        case .absent: return found.isEmpty
        default: break
        }
        guard let wanted = hasTemplates ? try? value.rendered({ state.value($0) }) : value else { return false }
        return found.contains { holds($0, wanted) }
    }

    /// What is to be said of a template whose value there is not; nil where all are there.
    func lack(_ state: SessionState) -> String? {
        guard hasTemplates, let name = value.templateNames.first(where: { state.value($0) == nil }) else { return nil }
        return ["there is no value for {{\(name)}}", state.miss(of: name)].compactMap(\.self).joined(separator: ": ")
    }

    private func holds(_ found: JSONValue, _ wanted: JSONValue) -> Bool {
        switch comparison {
        case .equals: return equal(found, wanted)
        case .notEquals: return !equal(found, wanted)
        case .greater: return order(found, wanted, >)
        case .atLeast: return order(found, wanted, >=)
        case .less: return order(found, wanted, <)
        case .atMost: return order(found, wanted, <=)
        case .contains:
            if let elements = found.array { return elements.contains { equal($0, wanted) } }
            guard let text = found.string, let part = wanted.scalarText else { return false }
            return text.contains(part)
        case .matches: return found.scalarText.map { pattern?.matches($0) ?? false } ?? false
        case .exists, .absent: return false
        }
    }

    /// Equal as JSON; numbers by their value, digit by digit. A template always gives a text, so that its text is what is
    /// compared, with a number as a number.
    private func equal(_ found: JSONValue, _ wanted: JSONValue) -> Bool {
        if found == wanted { return true }
        if let one = found.decimal, let other = wanted.decimal { return one == other }
        if case .string(let text) = wanted, hasTemplates, let scalar = found.scalarText {
            return scalar == text || found.decimal.flatMap { one in DecimalNumber(text).map { $0 == one } } ?? false
        }
        switch (found, wanted) {
        case (.array(let one), .array(let other)):
            return one.count == other.count && zip(one, other).allSatisfy { equal($0, $1) }
        case (.object(let one), .object(let other)):
            return one.count == other.count
                && one.allSatisfy { member in other[member.key].map { equal(member.value, $0) } ?? false }
        default: return false
        }
    }

    /// Compares numbers; the text of a number, as headers and templates give it, counts as one.
    private func order(
        _ found: JSONValue,
        _ wanted: JSONValue,
        _ compare: (DecimalNumber, DecimalNumber) -> Bool
    ) -> Bool {
        guard let one = Self.number(found), let other = Self.number(wanted) else { return false }
        return compare(one, other)
    }

    private static func number(_ value: JSONValue) -> DecimalNumber? {
        value.decimal ?? value.string.flatMap { DecimalNumber($0) }
    }
}
