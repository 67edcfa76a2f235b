import ApeCore
import ApeHTTP
import ApeRun
import ApeStore
import Foundation
import Testing

@testable import ApeSite

/// The verdict of the run that ended last, as metrics.
@Suite struct LastRunTests {
    private func withStore(_ body: (RunStore, String) async throws -> Void) async throws {
        let results = FileManager.default.temporaryDirectory.appending(path: "ape-\(UUID())").path
        try FileManager.default.createDirectory(atPath: results, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: results) }
        let store = try RunStore(path: RunStore.path(in: results))
        try await body(store, results)
        try store.close()
    }

    private func add(_ id: String, to store: RunStore, outcome: RunOutcome? = nil, endMicros: Int64 = 0) async throws {
        let stage = Stage(name: "only", agents: 5, rampMicros: 0, warmupMicros: 0, holdMicros: 9_000_000)
        let run = StoredRun(
            id: id,
            scenarioName: "shop",
            scenario: ["name": "shop"],
            plan: Plan(stages: [stage]),
            seed: 1,
            createdMicros: 1_700_000_000_000_000
        )
        try await store.createRun(run)
        guard let outcome else { return }
        let threshold = try Threshold("rate(actions) < 2/s")
        let ledger = RunLedger(plan: run.plan, thresholds: [threshold])
        let verdict = RunVerdict(judging: ledger, rules: JudgingRules(), outcome: outcome)
        try await store.finish(run: id, verdict: verdict, endedMicros: endMicros, report: nil)
    }

    private func page(_ results: String) async throws -> (status: Int, lines: [String]) {
        let answer = try #require(await StoredSite(results: results).answer(HTTPRequest(path: "/metrics")))
        guard case .text(let text) = answer.body else { throw ApeError(.store, "no text") }
        return (answer.status, text.split(separator: "\n").map(String.init))
    }

    @Test func withoutARunThatEndedNothingIsShown() async throws {
        try await withStore { store, results in
            #expect(try await page(results).lines == [])
            try await add("run-1", to: store)
            #expect(try await page(results).status == 200)
            #expect(try await page(results).lines == [])
        }
    }

    @Test func theRunThatEndedLastIsShownWithItsVerdicts() async throws {
        try await withStore { store, results in
            try await add("run-1", to: store, outcome: .finished, endMicros: 1_700_000_100_000_000)
            try await add("run-2", to: store, outcome: .interrupted, endMicros: 1_700_000_200_500_000)
            // One that goes on, or was cut off, has no verdict.
            try await add("run-3", to: store)
            let samples = try await page(results).lines.filter { !$0.hasPrefix("#") }
            #expect(
                samples.contains(
                    #"ape_last_run_info{run="run-2",scenario="shop",outcome="interrupted",status="INCONCLUSIVE"} 1"#
                )
            )
            #expect(samples.contains("ape_last_run_exit_code 130"))
            #expect(samples.contains("ape_last_run_end_time_seconds 1700000200.5"))
            let target = samples.filter { $0.hasPrefix(#"ape_last_run_target_status{target="mtba_threshold","#) }
            #expect(target.count == Verdict.Status.allCases.count)
            #expect(target.filter { $0.hasSuffix(" 1") }.count == 1)
            let threshold = #"ape_last_run_threshold_status{threshold="rate(actions) < 2/s",status="INCONCLUSIVE"} 1"#
            #expect(samples.contains(threshold))
        }
    }

    @Test func theDocumentListsEveryMetric() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/observability.md"), encoding: .utf8)
        let listed = page.split(separator: "\n").filter { $0.hasPrefix("| `ape_last_run") }.map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces).replacing("`", with: "") }
        }
        let expected = MetricFamily.ofLastRun.map { family in
            [family.name, family.labels.isEmpty ? "-" : family.labels.joined(separator: ", "), family.help]
        }
        #expect(listed == expected)
    }
}
