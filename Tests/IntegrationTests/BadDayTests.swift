import ApeCore
import Subprocess
import Testing

extension IntegrationTests.Operated {
    /// The bad day of docs/operations.md, on hosts of their own: what the page says that the logs say, they say.
    @Suite(
        .timeLimit(.minutes(3)),
        .enabled(if: NetworkNamespaces.isPossible, "needs root, iproute2 and the right to make network namespaces")
    )
    struct BadDay {
        /// What each program said on standard error, by the name of its host, and how two of them ended.
        private struct Day: Sendable {
            var logs: [String: String]
            var drained: Int32
            var verdict: FinishedProgram
        }

        @Test func itsTroublesAreToldAndItsVerdictIsTrue() async throws {
            try await Scratch.with { scratch in
                try await FleetOfHosts.with(workers: (1...4).map { "worker-\($0)" }, in: scratch) { fleet in
                    let day = try await Self.live(fleet, in: scratch)
                    #expect(day.drained == 0)
                    try Self.checkLines(of: day.logs)
                    let report = try Report(FleetOfHosts.reportPath(in: scratch))
                    try await report.expectSound(in: scratch)
                    try Self.checkVerdict(day.verdict, report)
                    // What the killed worker had done and not yet told is missing, and nothing else.
                    let untold = try await fleet.shopTotal(in: scratch) - report.count("target_requests")
                    #expect((0..<150).contains(untold), "\(untold)")
                }
            }
        }

        /// Five troubles, one after the other, while a hold of 26 s goes on.
        private static func live(_ fleet: FleetOfHosts, in scratch: Scratch) async throws -> Day {
            func coordinator(_ flags: [String]) throws -> Invocation {
                try fleet.coordinator(workers: 3, holdSeconds: 26, flags: flags, in: scratch)
            }
            return try await ProcessHarness.supervise(coordinator([]), in: scratch) { first in
                try await ProcessHarness.with(fleet.worker("worker-1"), in: scratch) { killed in
                    try await ProcessHarness.with(fleet.worker("worker-2"), in: scratch) { cut in
                        let ((late, verdict), drained) = try await ProcessHarness.supervise(
                            fleet.worker("worker-3"),
                            in: scratch
                        ) { drained in
                            _ = try await first.wait(for: "requests at the shop") {
                                try await fleet.shopTotal(in: scratch) > Int64(FleetOfHosts.agents) ? true : nil
                            }
                            try killed.send(.kill)
                            return try await ProcessHarness.with(fleet.worker("worker-4"), in: scratch) { late in
                                try await first.line(containing: "(rebalanced) to worker-4")
                                try await fleet.hosts.cut("worker-2", in: scratch)
                                try await told("A worker's connection ended", of: "worker-2", by: first)
                                try await Task.sleep(for: .seconds(1))
                                try await fleet.hosts.mend("worker-2", in: scratch)
                                try await cut.line(containing: "The coordinator is there again")
                                try drained.send(.terminate)
                                try await told("A worker is lost", of: "worker-1", by: first)
                                try await Task.sleep(for: .seconds(1))
                                try first.send(.kill)
                                let again = try await ProcessHarness.run(
                                    coordinator(["--resume", "latest"]),
                                    in: scratch
                                )
                                return (late.errors, again)
                            }
                        }
                        return Day(
                            logs: [
                                "control": first.errors + verdict.errors, "worker-1": killed.errors,
                                "worker-2": cut.errors, "worker-3": drained.errors, "worker-4": late,
                            ],
                            drained: drained.exitCode,
                            verdict: verdict
                        )
                    }
                }
            }.value
        }

        private static func told(_ words: String, of worker: String, by coordinator: RunningProgram) async throws {
            _ = try await coordinator.wait(for: "'\(words)' of \(worker)") {
                let lines = coordinator.errors.split(separator: "\n")
                return lines.contains { $0.hasSuffix(words) && $0.contains("name=\(worker) ") } ? true : nil
            }
        }

        /// Each line that the page quotes: a host, and words that are in one line of its log, in the page's order.
        private static func checkLines(of logs: [String: String]) throws {
            let page = try #require(textOfFile("\(Invocation.tree)/docs/operations.md"))
            let section = try #require(page.split(separator: "\n### A bad day\n").dropFirst().first)
            let quoted = try #require(section.split(separator: "```").dropFirst().first)
            let lines = quoted.split(separator: "\n").dropFirst()
            #expect(lines.count == 24)
            var rest = logs.mapValues { $0.split(separator: "\n")[...] }
            for line in lines {
                let words = line.split(separator: "  ").map { $0.trimmingPrefix(" ") }
                let host = String(words[0])
                let log = try #require(rest[host], "\(host) is no host of this day")
                let place = log.firstIndex { said in words.dropFirst().allSatisfy { said.contains($0) } }
                #expect(place != nil, "'\(line)' is not in its place in:\n\(logs[host] ?? "")")
                if let place { rest[host] = log[(place + 1)...] }
            }
        }

        /// A third of the agents stood still until their lease had run out: what the stage came to is no verdict on the
        /// target, and the report says by whom.
        private static func checkVerdict(_ verdict: FinishedProgram, _ report: Report) throws {
            #expect(verdict.exitCode == 3, "\(verdict.output)\(verdict.errors)")
            #expect(report.outages.count == 1)
            #expect(Set(report.missing.compactMap { $0["worker"]?.string }) == ["worker-1"])
            let moves = Dictionary(grouping: report.reassignments) { $0["from"]?.string ?? "" }
            #expect(moves["worker-1"]?.allSatisfy { $0["reason"]?.string == "lost" } == true, "\(moves)")
            #expect(moves["worker-3"]?.contains { $0["reason"]?.string == "left" } == true, "\(moves)")
            let names = (1...4).map { "worker-\($0)" }
            #expect(Set(report.workers.keys) == Set(names))
            for name in ["worker-2", "worker-4"] {
                #expect((report.books[name]?["windows"]?["received"]?.integer ?? 0) > 15, "\(name)")
            }
        }
    }
}
