import ApeCore

/// A link by a name that stays to what is named by its run: `reports/latest.json` beside `reports/{run}.json`.
struct LatestLink: Sendable, Equatable {
    /// What a path holds in the place of a run's identifier.
    static let placeholder = "{run}"
    private static let name = "latest"

    /// The link itself.
    let path: String
    /// What it leads to, in the same directory.
    let target: String
    private let template: String

    /// nil for a path that no run names.
    init?(_ template: String, run: String) {
        let parts = template.split(separator: "/", omittingEmptySubsequences: false)
        guard let place = parts.firstIndex(where: { $0.contains(Self.placeholder) }) else { return nil }
        let directory = parts[..<place].map { $0 + "/" }.joined()
        self.template = template
        path = directory + parts[place].replacing(Self.placeholder, with: Self.name)
        target = String(parts[place]).replacing(Self.placeholder, with: run)
    }

    /// Makes sure that one link does.
    ///
    /// - Throws: ``ApeError`` of code `usage` for a path that names the run twice.
    func check(flag: String) throws(ApeError) {
        guard template.ranges(of: Self.placeholder).count > 1 else { return }
        throw ApeError(.usage, "\(flag) \(template) has \(Self.placeholder) more than once: name the run once")
    }
}
