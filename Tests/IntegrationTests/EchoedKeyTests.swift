import ApeCore
import Foundation
import Subprocess
import Testing

extension IntegrationTests.Operated {
    /// An endpoint and a target that repeat the key: nobody who reads what a run leaves behind, or what a command prints,
    /// learns eight characters of it.
    @Suite(.timeLimit(.minutes(3)))
    struct EchoedKeys {
        private static let key = "sk-proj-Qw7Er9Ty2Ui4Op6As8Df0Gh1Jk3Lz5Xc7Vb9Nm2Qa4Ws6Ed8Rf"
        private static let environment = ["APE_ECHO_KEY": key]
        private static let pieceLength = 8

        private func scenario(_ port: Int) -> String {
            """
            name: echo
            targets:
              app: {url: "http://127.0.0.1:\(port)", endpoints: [GET /a, "GET /a/{id}"]}
            inference: {url: "http://127.0.0.1:\(port)/v1", model: m, api_key_env: APE_ECHO_KEY}
            limits: {inference_retries: 0}
            goals:
              look:
                prompt: Look.
                success: [{answer: GET /a, json: {$.ok: true}}]
              script:
                script: [GET /a]
                success: [{answer: GET /a, json: {$.ok: true}}]
            pacing: {think: 10ms, between_sessions: 10ms}

            """ + Example.plan(agents: 20, holdSeconds: 5)
        }

        @Test func nothingThatIsWrittenShowsAKeyThatIsEchoed() async throws {
            try await Scratch.with { scratch in
                let port = try FreePort.pick()
                try await ProcessHarness.with(Reference.python("echo.py", ["\(port)"]), in: scratch) { echo in
                    try await echo.line(containing: "ready")
                    try await run(port, in: scratch)
                    let path = try scratch.write("try.yml", scenario(port))
                    for command in [["try", path, "--bytes", "2000"], ["doctor", "--scenario", path]] {
                        var told = 0
                        for _ in 0..<15 {
                            var invocation = try Invocation.ape("ape-test", command)
                            invocation.environment = Self.environment
                            let finished = try await ProcessHarness.run(invocation, in: scratch)
                            #expect(finished.exitCode == 1, "\(finished.errors)")
                            if finished.output.contains("***") { told += 1 }
                        }
                        // Some of what an endpoint says is not shown at all, such as its headers.
                        #expect(told >= 5, "\(command) told of a key \(told) times")
                    }
                    let count = try await ProcessHarness.run(
                        Invocation("curl", ["--silent", "http://127.0.0.1:\(port)/count"]),
                        in: scratch
                    )
                    let ways = try JSONValue(parsing: count.output).object ?? [:]
                    #expect(ways.count == 15 && ways.allSatisfy { ($0.value.integer ?? 0) > 2 }, "\(count.output)")
                }
                try check(scratch)
            }
        }

        private func run(_ port: Int, in scratch: Scratch) async throws {
            let files = ["html", "junit", "markdown"].flatMap { ["--\($0)", scratch.file("report.\($0)")] }
            let ((), coordinator) = try await LocalCoordinator.run(
                scenario: scenario(port),
                workers: 1,
                flags: files + ["--csv", scratch.file("tables"), "--log-level", "trace"],
                in: scratch
            ) { coordinator in
                let flags = ["--allow-key-env", "APE_ECHO_KEY", "--log-level", "trace"]
                var worker = try coordinator.worker("one", flags: flags)
                worker.environment = Self.environment
                try await ProcessHarness.with(worker, in: scratch) { _ in try await coordinator.untilVerdict() }
            }
            #expect([1, 3].contains(coordinator.exitCode), "\(coordinator.errors)")
            let report = try #require(textOfFile(scratch.file("report.json")))
            #expect(report.contains("***"), "no error told of a key")
        }

        private func check(_ scratch: Scratch) throws {
            let names = try #require(FileManager.default.enumerator(atPath: scratch.path)?.allObjects as? [String])
            var read = 0
            for name in names {
                guard let bytes = FileManager.default.contents(atPath: scratch.file(name)) else { continue }
                read += 1
                let found = pieces(in: bytes)
                #expect(found.isEmpty, "\(name) holds \(found.count) pieces of the key: \(found.prefix(3))")
            }
            #expect(read > 30)
            // Whoever looks for a piece finds it, however it is written.
            #expect(!pieces(in: Data("x \(Self.key.prefix(8).uppercased()) y".utf8)).isEmpty)
            #expect(!pieces(in: Data("x sk\\u002dproj%2dQw7 y".utf8)).isEmpty)
        }

        /// The runs of eight characters of the key, and of its Base64, that bytes hold, as they are or once escapes are
        /// resolved.
        private func pieces(in bytes: Data) -> [String] {
            let forms =
                [Self.key]
                + (0..<3).map { shift in
                    String((Data(count: shift) + Data(Self.key.utf8)).base64EncodedString().dropFirst(4).dropLast(4))
                }
            var text = String(decoding: bytes, as: UTF8.self)
            var found: [String] = []
            for _ in 0..<3 {
                let lowered = text.lowercased().replacing("-", with: "+").replacing("_", with: "/")
                let held = Set(forms.flatMap(Self.runs).filter { Self.holds(lowered, $0) })
                found += held.sorted()
                text = Self.resolved(text)
            }
            return found
        }

        private static func runs(of form: String) -> [String] {
            let form = Array(form.lowercased().replacing("-", with: "+").replacing("_", with: "/"))
            return (0...form.count - pieceLength).map { String(form[$0..<$0 + pieceLength]) }
        }

        private static func holds(_ text: String, _ part: String) -> Bool {
            Data(text.utf8).range(of: Data(part.utf8)) != nil
        }

        private static func resolved(_ text: String) -> String {
            text.replacing(/(?:\\u00|\\x|%|&#x)([0-9a-fA-F]{2});?/) { match in
                UInt8(match.1, radix: 16).map { String(UnicodeScalar($0)) } ?? String(match.0)
            }.replacing(/&#([0-9]{2,3});/) { match in
                UInt8(match.1).map { String(UnicodeScalar($0)) } ?? String(match.0)
            }.replacing("\\/", with: "/")
        }
    }
}
