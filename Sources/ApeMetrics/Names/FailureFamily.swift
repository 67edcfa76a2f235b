/// Whose failure it was, by the first word of its reason.
package enum FailureFamily: String, Sendable, CaseIterable {
    case target
    case inference
    /// The model's: invalid calls, the step limit, giving up.
    case simulation
    /// APE's own.
    case harness

    package init(reason: String) {
        let word = reason.prefix { $0 != "_" }
        self = Self(rawValue: String(word)) ?? .simulation
    }
}
