import ApeCore
import Glibc

/// A target that writes down which agent asked when, and from which host (`target.py`), with a scenario whose agents say
/// who they are.
struct RecordingTarget: Sendable {
    let url: String
    private let recordPath: String

    /// A request as the target saw it come in.
    struct Entry: Sendable {
        /// By this machine's monotonic clock.
        var micros: Int64
        var host: String
        var agent: Int
    }

    /// Runs `body` beside a target at `host`, in a network namespace or in this process's own.
    static func with<Value: Sendable>(
        at host: String = "127.0.0.1",
        port: Int,
        namespace: String? = nil,
        in scratch: Scratch,
        _ body: (RecordingTarget) async throws -> Value
    ) async throws -> Value {
        let target = RecordingTarget(url: "http://\(host):\(port)", recordPath: scratch.file("target-record"))
        var server = Reference.python("target.py", [host, "\(port)", target.recordPath])
        server.namespace = namespace
        return try await ProcessHarness.with(server, in: scratch) { program in
            _ = try await program.wait(for: "its first answer") {
                try? await Fetch.json("\(target.url)/agents/-1", from: namespace, in: scratch)
            }
            return try await body(target)
        }
    }

    /// A scenario without its plan: each agent asks, thinks, and asks again.
    func scenario(think: String) -> String {
        """
        name: record
        targets: {target: {url: "\(url)", endpoints: [{"GET /agents/{id}": Be there.}]}}
        goals:
          ask:
            script: ["GET /agents/{{agent}}", "GET /agents/{{agent}}"]
            success: [{answer: "GET /agents/{id}", status: 200}]
        pacing: {think: \(think), between_sessions: \(think)}
        kpi_targets: {successful_stateful_sessions: 0, mtba_threshold: 60, mtba_high_load: 60}

        """
    }

    /// What agents have asked so far, in the order in which it came in.
    var record: [Entry] {
        (textOfFile(recordPath) ?? "").split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 3, let micros = Int64(words[0]), let agent = words[2].split(separator: "/").last,
                let agent = Int(agent), agent >= 0
            else { return nil }
            return Entry(micros: micros, host: String(words[1]), agent: agent)
        }
    }

    /// This machine's monotonic clock, as the target reads it.
    static var nowMicros: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
