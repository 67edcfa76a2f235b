import ApeCore

/// A report that a run has written.
struct Report: Sendable {
    let path: String
    let root: JSONValue

    init(_ path: String) throws {
        guard let text = textOfFile(path) else { throw HarnessError("no report at \(path)") }
        self.path = path
        root = try JSONValue(parsing: text)
    }

    /// The validation report, which a comprehensive report holds inside.
    var validation: JSONValue {
        if root["validation_summary"] != nil { return root }
        return root.object?.first { $0.value["validation_summary"] != nil }?.value ?? .null
    }

    var overallSuccess: Bool? { validation["validation_summary"]?["overall_success"]?.bool }

    /// The verdict on one of the eight targets.
    func status(_ key: KPIKey) -> String? {
        let results = validation["all_validation_results"]?.array ?? []
        let named = results.first { result in
            ["target", "key", "name", "metric"].contains { result[$0]?.string == key.rawValue }
        }
        return named?["status"]?.string
    }

    /// Everything that the report's own checker finds wrong with it, its schema included.
    func findings(in scratch: Scratch) async throws -> String {
        let checker = Invocation("\(Invocation.tree)/.ci/check-report", [path])
        let finished = try await ProcessHarness.run(checker, in: scratch)
        return finished.exitCode == 0 ? "" : finished.errors + finished.output
    }
}
