/// Who is answerable for a failure, by the first word of its reason.
package enum Party: String, Sendable, CaseIterable {
    case target
    case inference
    /// The model's mistakes, or the goal's wording and limits.
    case simulation
    /// APE's own.
    case harness

    package init(reason: String) {
        let word = reason.prefix { $0 != "_" }
        self = Self(rawValue: String(word)) ?? .simulation
    }
}
