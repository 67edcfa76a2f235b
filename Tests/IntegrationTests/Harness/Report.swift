import ApeCore
import Testing

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
        validation["all_validation_results"]?.array?.first { $0["key"]?.string == key.rawValue }?["status"]?.string
    }

    /// The sum over the whole run of the counters of a family, such as `actions` for `actions{status=2xx}` and its
    /// kin, or of those whose full name begins with `family`.
    func count(_ family: String) -> Int64 {
        let counters = validation["counters"]?["whole_run"]?.object ?? [:]
        return counters.filter { $0.key == family || $0.key.hasPrefix(family + "{") }
            .reduce(0) { $0 + ($1.value.integer ?? 0) }
    }

    /// The workers, by name.
    var workers: [String: JSONValue] {
        let all = validation["workers"]?.array ?? []
        return Dictionary(all.map { ($0["name"]?.string ?? "", $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// What came in of each worker, by its name.
    var books: [String: JSONValue] {
        let all = validation["completeness"]?["workers"]?.array ?? []
        return Dictionary(all.map { ($0["worker"]?.string ?? "", $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The outages of the coordinator.
    var outages: [JSONValue] { validation["completeness"]?["coordinator_outages"]?.array ?? [] }

    /// The agents that changed workers.
    var reassignments: [JSONValue] { validation["completeness"]?["reassignments"]?.array ?? [] }

    /// The seconds that are named missing.
    var missing: [JSONValue] { validation["completeness"]?["missing"]?.array ?? [] }

    /// Records what the report's own checker finds wrong with it, its schema included.
    func expectSound(in scratch: Scratch, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let checker = Invocation("\(Invocation.tree)/.ci/check-report", [path])
        let finished = try await ProcessHarness.run(checker, in: scratch)
        let findings = finished.errors + finished.output
        #expect(finished.exitCode == 0, "\(findings)", sourceLocation: sourceLocation)
    }
}
