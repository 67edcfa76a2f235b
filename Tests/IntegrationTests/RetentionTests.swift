import ApeCore
import Foundation
import Testing

extension IntegrationTests {
    /// Runs of one results directory that come one after the other, as those of a fleet that stands do.
    @Suite(.timeLimit(.minutes(4)))
    struct RunRetention {
        @Test func olderRunsGoWithTheirReportsAndTheLatestIsFound() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let first = try await run(demo, keeping: [], in: scratch)
                    let second = try await run(demo, keeping: ["--keep-runs", "2", "--keep-for", "1d"], in: scratch)
                    #expect(try await runs(in: scratch) == [second, first])
                    let third = try await run(demo, keeping: ["--keep-runs", "2"], in: scratch)
                    #expect(try await runs(in: scratch) == [third, second])
                    #expect(try reports(in: scratch) == files(of: ["latest", second, third]))
                    let latest = try FileManager.default.destinationOfSymbolicLink(
                        atPath: scratch.file("reports/latest.html")
                    )
                    #expect(latest == "\(third).html")
                    let pruned = try await history(["--prune", "1", "--yes", "--json"], in: scratch)
                    #expect(pruned["deleted_runs"] == [.string(second)])
                    #expect(pruned["deleted_reports"]?.array?.count == 2)
                    #expect(pruned["database_shrunk"]?.bool == true)
                    #expect(try await runs(in: scratch) == [third])
                    #expect(try reports(in: scratch) == files(of: ["latest", third]))
                }
            }
        }

        /// A short run; returns its identifier.
        private func run(_ demo: Demo, keeping flags: [String], in scratch: Scratch) async throws -> String {
            let manager = FileManager.default
            try manager.createDirectory(atPath: scratch.file("reports"), withIntermediateDirectories: true)
            // That of the run before would be taken for this one's.
            try? manager.removeItem(atPath: scratch.file("coordinator-ready.json"))
            let (id, finished) = try await LocalCoordinator.run(
                scenario: Example.shop(demo, agents: 4, holdSeconds: 3),
                workers: 1,
                flags: ["--output", scratch.file("reports/{run}.json"), "--html", scratch.file("reports/{run}.html")]
                    + flags,
                in: scratch
            ) { coordinator in
                let ready = try JSONValue(parsing: textOfFile(scratch.file("coordinator-ready.json")) ?? "")
                return try await ProcessHarness.with(coordinator.worker("w"), in: scratch) { _ in
                    try await coordinator.untilVerdict()
                    return try #require(ready["run"]?.string)
                }
            }
            #expect([0, 1, 3].contains(finished.exitCode), "\(finished.errors)")
            return id
        }

        private func reports(in scratch: Scratch) throws -> Set<String> {
            Set(try FileManager.default.contentsOfDirectory(atPath: scratch.file("reports")))
        }

        private func files(of names: [String]) -> Set<String> {
            Set(names.flatMap { ["\($0).json", "\($0).html"] })
        }

        private func runs(in scratch: Scratch) async throws -> [String] {
            try await history(["--json"], in: scratch)["runs"]?.array?.compactMap { $0["run"]?.string } ?? []
        }

        private func history(_ flags: [String], in scratch: Scratch) async throws -> JSONValue {
            let invocation = try Invocation.ape("ape-test", ["history", "--results", scratch.file("results")] + flags)
            let finished = try await ProcessHarness.run(invocation, in: scratch)
            #expect(finished.exitCode == 0, "\(finished.errors)")
            return try JSONValue(parsing: finished.output)
        }
    }
}
