import ApeCore
import Foundation
import Subprocess
import Testing

extension IntegrationTests.Operated {
    /// The fleet's token and the endpoint's key are in nothing that a run leaves behind, nor on the wire.
    @Suite(.timeLimit(.minutes(3)))
    struct Secrets {
        private static let key = "sk-a-key-that-nobody-may-read-9f1c"
        private static let environment = ["APE_TEST_KEY": key]

        @Test func nothingThatARunWritesOrSendsHoldsASecret() async throws {
            try await Scratch.with { scratch in
                // Things go wrong, so that errors are told of too.
                let trouble = ["--rate-limit", "0.1", "--stream-errors", "0.1", "--error-rate", "0.05"]
                let flags = ["--api-key-env", "APE_TEST_KEY"] + trouble
                try await Demo.with(flags, environment: Self.environment, in: scratch) { demo in
                    let scenario = try Example.shop(demo, agents: 10, holdSeconds: 8)
                        .replacing("  model: demo\n", with: "  model: demo\n  api_key_env: APE_TEST_KEY\n")
                    let ((), coordinator) = try await LocalCoordinator.run(
                        scenario: scenario,
                        workers: 1,
                        flags: ["--log-level", "trace"],
                        in: scratch
                    ) { try await runWorker($0, demo, in: scratch) }
                    #expect([0, 1, 3].contains(coordinator.exitCode), "\(coordinator.errors)")
                    // The key was asked for, and given.
                    #expect(try Report(scratch.file("report.json")).count("sessions_succeeded") > 0)
                }
                try check(scratch)
            }
        }

        /// A worker behind a relay that writes down what is said, in clear text; in mid-run the store is copied as it is.
        private func runWorker(_ coordinator: LocalCoordinator, _ demo: Demo, in scratch: Scratch) async throws {
            let port = "\(try FreePort.pick())"
            let words = [port, coordinator.host, coordinator.port, scratch.file("wire")]
            try await ProcessHarness.with(Reference.python("relay.py", words), in: scratch) { relay in
                try await relay.line(containing: "ready")
                var worker = try coordinator.worker(
                    "one",
                    at: "127.0.0.1:\(port)",
                    flags: ["--allow-key-env", "APE_TEST_KEY", "--log-level", "trace"]
                )
                worker.environment = Self.environment
                try await ProcessHarness.with(worker, in: scratch) { worker in
                    try await coordinator.untilSessionsGetThrough(in: scratch)
                    try FileManager.default.copyItem(
                        atPath: scratch.file("results"),
                        toPath: scratch.file("results-in-mid-run")
                    )
                    for pid in [worker.pid, coordinator.program.pid] {
                        let words = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
                        #expect(!words.isEmpty && secrets(in: words).isEmpty)
                    }
                    try await coordinator.untilVerdict()
                }
            }
        }

        private func check(_ scratch: Scratch) throws {
            let names = try #require(FileManager.default.enumerator(atPath: scratch.path)?.allObjects as? [String])
            var read: [String: Data] = [:]
            for name in names {
                if let bytes = FileManager.default.contents(atPath: scratch.file(name)) { read[name] = bytes }
            }
            // Whoever looks for a secret finds it where it is.
            let token = try #require(read["token"])
            #expect(secrets(in: token) == [LocalCoordinator.token])
            read["token"] = nil
            for (name, bytes) in read { #expect(secrets(in: bytes).isEmpty, "\(name) holds a secret") }
            // All that was to be looked through is there, and is what it should be.
            func size(_ suffix: String) -> Int {
                read.filter { $0.key.hasSuffix(suffix) }.reduce(0) { $0 + $1.value.count }
            }
            for suffix in [".sqlite", "-wal", ".err", ".out", "report.json", "wire", "scenario.yml"] {
                #expect(size(suffix) > 0, "no \(suffix) among \(read.keys.sorted())")
            }
            let wire = String(decoding: read["wire"] ?? Data(), as: UTF8.self)
            for type in ["greet", "hello", "welcome", "prepare", "assign", "window", "ack", "event", "stopped"] {
                #expect(wire.contains("{\"type\":\"\(type)\""), "no \(type) on the wire")
            }
        }

        /// The secrets that bytes hold, as they are or in base64.
        private func secrets(in bytes: Data) -> [String] {
            [LocalCoordinator.token, Self.key].filter { secret in
                let plain = Data(secret.utf8)
                // What surrounds a text shifts its base64; the middle of each of the three forms is the same everywhere.
                let shifted = (0..<3).map { shift in
                    Data((Data(count: shift) + plain).base64EncodedString().dropFirst(4).dropLast(4).utf8)
                }
                return ([plain] + shifted).contains { bytes.range(of: $0) != nil }
            }
        }
    }
}
