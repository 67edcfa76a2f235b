import ApeCore
import Subprocess
import Testing

extension IntegrationTests.Operated {
    /// A port that strangers, and workers gone bad, do their worst to while a run goes on.
    @Suite(.timeLimit(.minutes(4)))
    struct HostileDoors {
        /// The most that the coordinator may hold in memory through all of it.
        private static let memoryLimitKiB: Int64 = 192 * 1024

        @Test func everyAttemptIsAnsweredAndTheRunKeepsItsWindows() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let (attempts, coordinator) = try await LocalCoordinator.run(
                        scenario: Example.shop(demo, agents: 10, holdSeconds: 600),
                        workers: 1,
                        in: scratch
                    ) { coordinator in
                        try await ProcessHarness.with(coordinator.worker("honest"), in: scratch) { _ in
                            _ = try await coordinator.program.wait(for: "the run to begin") {
                                try await demo.shopStats(in: scratch)["total"]?.integer ?? 0 > 20 ? true : nil
                            }
                            let words = [
                                coordinator.host, coordinator.port, coordinator.tokenPath, "\(coordinator.program.pid)",
                            ]
                            let stranger = try await ProcessHarness.run(
                                Reference.python("stranger.py", words),
                                in: scratch
                            )
                            #expect(stranger.exitCode == 0, "\(stranger.errors)")
                            // The run has lasted as long as the attempts; now it may end, with a report of what was.
                            try coordinator.program.send(.interrupt)
                            try await coordinator.untilVerdict()
                            return try Attempts(stranger.output)
                        }
                    }
                    check(attempts)
                    #expect(coordinator.exitCode == 130, "\(coordinator.errors.suffix(3000))")
                    let report = try Report(scratch.file("report.json"))
                    try await report.expectSound(in: scratch)
                    let honest = try #require(report.books["honest"])
                    let expected = honest["expected_seconds"]?.integer ?? 0
                    #expect(expected > 20)
                    #expect(honest["received_seconds"]?.integer == expected)
                    #expect(!report.missing.contains { $0["worker"]?.string == "honest" })
                    let books = report.validation["completeness"]?["workers"]?.array ?? []
                    func excess(_ what: String) -> Int64 {
                        books.reduce(0) { $0 + ($1["over_budget"]?[what]?.integer ?? 0) }
                    }
                    // A hundred came at once.
                    #expect(excess("events") >= 80)
                    #expect(excess("connections") >= 400)
                    #expect(honest["over_budget"]?["windows"]?.integer == 0)
                    let counted = try await demo.shopStats(in: scratch)["total"]?.integer
                    #expect(counted == report.count("target_requests"))
                }
            }
        }

        private func check(_ attempts: Attempts) {
            for who in ["stranger", "worker"] {
                for name in Attempts.wrongLines {
                    #expect(attempts.codes("\(who): \(name)") == ["malformed": 1], "\(who): \(name)")
                }
                #expect(attempts.codes("\(who): a line of 2 GiB") == ["line_too_long": 1])
                // What is sent beyond the limit waits in the kernel's buffers, never in the coordinator.
                #expect(attempts.number("sent_bytes", of: "\(who): a line of 2 GiB") < 64 << 20)
            }
            let handshakes = [
                "stranger: another token": "auth_failed", "stranger: a hello that was overheard": "auth_failed",
                "stranger: no proof": "auth_failed", "stranger: another major version": "version_mismatch",
                "stranger: a message before hello": "out_of_order", "stranger: an unknown type": "out_of_order",
                "worker: an identifier in use": "duplicate_worker",
            ]
            for (name, code) in handshakes { #expect(attempts.codes(name) == [code: 1], "\(name)") }
            #expect(attempts.codes("nonces") == ["50": 1])
            let loris = attempts.codes("stranger: slow-loris")
            #expect(loris == ["handshake_timeout": 64, "overloaded": 36])
            let flood = attempts.codes("stranger: 10,000 connections at once")
            #expect(flood.values.reduce(0, +) == 10_000)
            #expect((flood["overloaded"] ?? 0) + (flood["handshake_timeout"] ?? 0) == 10_000, "\(flood)")
            // A slow coordinator reads less than it would take, and answers the flood's last line; one who goes on sending may
            // see the connection reset before the reason.
            let windows = attempts.codes("worker: a flood of windows and events")
            let ends: Set = ["over_budget", "unknown_type", "ConnectionResetError"]
            #expect(windows.count == 1 && windows.keys.allSatisfy(ends.contains), "\(windows)")
            let storm = attempts.codes("worker: a storm of reconnects")
            #expect((30...60).contains(storm["welcome"] ?? 0), "\(storm)")
            // The end of the connection before may not have been seen yet.
            let answers: Set = ["welcome", "over_budget", "duplicate_worker"]
            #expect(storm.values.reduce(0, +) == 500 && storm.keys.allSatisfy(answers.contains), "\(storm)")
            let peak = attempts.number("peak_memory_kib", of: "all")
            #expect(peak < Self.memoryLimitKiB, "\(attempts.text)")
            print(
                "the coordinator's memory: \(attempts.number("memory_kib", of: "nothing")) KiB before, \(peak) at most"
            )
        }
    }
}

/// What `stranger.py` tells of its attempts.
private struct Attempts {
    static let wrongLines = [
        "deep nesting", "NaN", "infinity", "1e999", "2^64", "a number of 3,000 digits", "a key twice", "invalid UTF-8",
        "an overlong form", "half a surrogate", "no object", "no JSON", "nothing", "zeroes", "a TLS hello",
    ]

    let text: String
    private let byName: [String: JSONValue]

    init(_ text: String) throws {
        self.text = text
        let attempts = try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        byName = Dictionary(attempts.map { ($0["attempt"]?.string ?? "", $0) }, uniquingKeysWith: { $1 })
    }

    /// How often each error was told.
    func codes(_ name: String) -> [String: Int64] {
        let codes = byName[name]?["codes"]?.object ?? [:]
        return Dictionary(codes.map { ($0.key, $0.value.integer ?? 0) }, uniquingKeysWith: { $1 })
    }

    func number(_ member: String, of name: String) -> Int64 {
        byName[name]?[member]?.integer ?? .max
    }
}
