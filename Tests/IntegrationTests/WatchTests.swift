import ApeCore
import Foundation
import Testing

extension IntegrationTests.Operated {
    /// A run in a real terminal: tmux draws what it is told and says what stands on it.
    @Suite(.timeLimit(.minutes(4)), .enabled(if: Window.isPresent))
    struct Watch {
        private static let plan = [
            "--max-agents", "10", "--stage-duration", "6s", "--test-duration", "8s", "--ttft", "80ms",
        ]

        private func validate(_ flags: [String] = [], in scratch: Scratch) throws -> Invocation {
            let places = ["--results", scratch.file("results"), "--output", scratch.file("report.json")]
            return try Invocation.ape("ape-test", ["validate", "--http", "127.0.0.1:0"] + Self.plan + places + flags)
        }

        /// What stands on the screen is a whole dashboard: each label once, nothing wrapped.
        private func expectWhole(_ screen: [String], columns: Int, rows: Int) {
            #expect(screen.count <= rows)
            #expect(screen.allSatisfy { $0.count <= columns })
            for label in ["APE ", "Plan ", "Progress ", "Agents ", "MTBA ", "TTFT ", "Sessions ", "Workers "] {
                #expect(screen.count { $0.hasPrefix(label) } == 1, "\(label) in \(screen)")
            }
        }

        @Test func isRedrawnInPlaceAndFollowsTheWindow() async throws {
            try await Scratch.with { scratch in
                let window = try await Window(columns: 60, rows: 15, try validate(in: scratch), in: scratch)
                let first = try await window.screen("a hold", limit: .seconds(60)) { screen in
                    screen.first?.hasPrefix("APE  hold") == true
                }
                expectWhole(first, columns: 60, rows: 15)
                #expect(try await window.format("#{alternate_on} #{cursor_flag}") == "1 0")
                try await window.resize(columns: 100, rows: 30)
                let wider = try await window.screen("the wider dashboard", limit: .seconds(2)) { screen in
                    screen.contains { $0.hasPrefix("MTBA") && $0.contains("now") }
                }
                expectWhole(wider, columns: 100, rows: 30)
                try await window.resize(columns: 50, rows: 12)
                let line = try await window.screen("one line", limit: .seconds(2)) { $0.count { !$0.isEmpty } == 1 }
                #expect(line[0].count <= 50)
                try await window.resize(columns: 100, rows: 30)
                let end = try await window.history("the end", limit: .seconds(90)) { screen in
                    screen.contains { $0 == "ended with 0" }
                }
                #expect(end.contains { $0.hasPrefix("Overall: PASS") }, "\(end)")
                #expect(end.contains { $0.hasPrefix("Next: ape-test report ") }, "\(end)")
                #expect(end.contains { $0.contains("worker-1 joined") || $0.contains("worker-1") }, "\(end)")
                #expect(!end.contains { $0.hasPrefix("APE  hold") || $0.contains("█") })
                #expect(try await window.format("#{alternate_on} #{cursor_flag}") == "0 1")
                try await window.close()
            }
        }

        @Test func anInterruptedRunGivesTheTerminalBack() async throws {
            try await Scratch.with { scratch in
                let window = try await Window(columns: 80, rows: 24, try validate(in: scratch), in: scratch)
                _ = try await window.screen("a dashboard", limit: .seconds(60)) { $0.contains { $0.hasPrefix("MTBA") } }
                try await window.keys("C-c")
                let end = try await window.history("the end", limit: .seconds(60)) { screen in
                    screen.contains { $0 == "ended with 130" }
                }
                #expect(end.contains { $0.contains("The run was interrupted") }, "\(end)")
                #expect(try await window.format("#{alternate_on} #{cursor_flag}") == "0 1")
                try await window.close()
            }
        }

        @Test func aFleetIsWatchedFromAnotherTerminal() async throws {
            try await Scratch.with { scratch in
                let place = ["--results", scratch.file("results")]
                func verb(_ arguments: [String]) async throws -> FinishedProgram {
                    try await ProcessHarness.run(try Invocation.ape("ape-test", arguments + place), in: scratch)
                }
                let started = try await verb([
                    "start", "--agents", "4", "--http", "127.0.0.1:0", "--ttft", "80ms", "--detach",
                ])
                #expect(started.exitCode == 0, "\(started.errors)")
                let watch = try Invocation.ape("ape-test", ["status", "--watch"] + place)
                let window = try await Window(columns: 80, rows: 24, watch, in: scratch)
                let screen = try await window.screen("a hold", limit: .seconds(60)) { screen in
                    screen.first?.hasPrefix("APE  hold") == true && screen.contains { $0.contains("4/4 active") }
                }
                expectWhole(screen, columns: 80, rows: 24)
                try await window.keys("C-c")
                _ = try await window.history("the end of watching", limit: .seconds(10)) { screen in
                    screen.contains { $0 == "ended with 0" }
                }
                #expect(try await window.format("#{alternate_on} #{cursor_flag}") == "0 1")
                let status = try await verb(["status"])
                #expect(status.exitCode == 0, "\(status.errors)")
                #expect(try await verb(["stop"]).exitCode == 0)
                try await window.close()
            }
        }

        @Test func programsGetObjectsAndNothingElse() async throws {
            try await Scratch.with { scratch in
                let finished = try await ProcessHarness.run(try validate(["--json"], in: scratch), in: scratch)
                #expect(finished.exitCode == 0, "\(finished.errors)")
                let lines = try finished.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
                #expect(lines.count > 8)
                #expect(lines.dropLast().allSatisfy { $0["type"]?.string == "live" })
                #expect(lines.last?["type"]?.string == "verdict" && lines.last?["status"]?.string == "PASS")
                #expect(lines.contains { $0["mtba"]?["mean_seconds"]?.number ?? 0 > 0 })
            }
        }
    }
}

/// A window of tmux in which a program runs.
struct Window {
    private let socket: String
    private let scratch: Scratch

    static let isPresent = Invocation.isOnPath("tmux")

    init(columns: Int, rows: Int, _ invocation: Invocation, in scratch: Scratch) async throws {
        self.scratch = scratch
        socket = scratch.file("tmux")
        let words = invocation.words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
        try await tmux([
            "-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)",
            "\(words); echo \"ended with $?\"; sleep 600",
        ])
        try await tmux(["set-option", "-g", "window-size", "manual"])
    }

    @discardableResult
    private func tmux(_ arguments: [String]) async throws -> String {
        let finished = try await ProcessHarness.run(Invocation("tmux", ["-S", socket] + arguments), in: scratch)
        guard finished.exitCode == 0 else { throw HarnessError("tmux \(arguments): \(finished.errors)") }
        return finished.output
    }

    func resize(columns: Int, rows: Int) async throws {
        try await tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
    }

    func keys(_ keys: String) async throws { try await tmux(["send-keys", keys]) }

    func close() async throws { try await tmux(["kill-server"]) }

    func format(_ format: String) async throws -> String {
        try await tmux(["display-message", "-p", format]).split(separator: "\n").first.map(String.init) ?? ""
    }

    /// Waits until what stands on the screen is as it should be.
    func screen(_ what: String, limit: Duration, _ isReached: ([String]) -> Bool) async throws -> [String] {
        try await lines(["capture-pane", "-p"], what, limit: limit, isReached)
    }

    /// The same of the screen and all that has gone out of it above.
    func history(_ what: String, limit: Duration, _ isReached: ([String]) -> Bool) async throws -> [String] {
        try await lines(["capture-pane", "-p", "-J", "-S", "-"], what, limit: limit, isReached)
    }

    private func lines(
        _ capture: [String],
        _ what: String,
        limit: Duration,
        _ isReached: ([String]) -> Bool
    ) async throws -> [String] {
        let deadline = ContinuousClock.now + limit
        while true {
            let text = try await tmux(capture)
            // Each line has an end, the last one too.
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
            if isReached(lines) { return lines }
            guard ContinuousClock.now < deadline else { throw HarnessError("no \(what) within \(limit): \(lines)") }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

extension Invocation {
    /// Whether a program of the system is there.
    static func isOnPath(_ program: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }
}
