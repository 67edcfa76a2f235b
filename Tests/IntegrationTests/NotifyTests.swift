import ApeCore
import Testing

extension IntegrationTests.Operated {
    /// Webhooks that are told how a run ended, by real processes over real sockets.
    @Suite(.timeLimit(.minutes(4)))
    struct Notify {
        private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

        /// A receiver on a port of its own, and what it was told.
        private struct Receiver {
            let url: String
            let file: String

            var told: [JSONValue] {
                (textOfFile(file) ?? "").split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
            }

            func told(_ path: String) -> [JSONValue] { told.filter { $0["path"]?.string == path } }
        }

        private func withReceiver(in scratch: Scratch, _ body: (Receiver) async throws -> Void) async throws {
            let file = scratch.file("told.jsonl")
            try await PythonServer.with(
                "webhook.py",
                [Self.secret, file],
                answering: "/",
                programs: "/usr/bin",
                in: scratch
            ) { try await body(Receiver(url: $0.url, file: file)) }
        }

        private func coordinator(_ scenario: String, _ more: [String], in scratch: Scratch) throws -> Invocation {
            let common = [
                "run", "--scenario", scenario, "--workers", "1", "--listen", "127.0.0.1:0", "--no-http",
                "--output", scratch.file("report.json"), "--results", scratch.file("results"),
            ]
            return try Invocation.ape("ape-coordinator", common + more)
        }

        @Test func aRunThatEndsIsToldOfWithItsVerdict() async throws {
            try await Scratch.with { scratch in
                try await withReceiver(in: scratch) { receiver in
                    let secret = try scratch.write("secret", Self.secret + "\n")
                    let finished = try await Demo.with(in: scratch) { demo in
                        try await Ape.validate(
                            scenario: Example.look(at: demo.shop),
                            flags: [
                                "--notify", receiver.url + "/ok", "--notify", receiver.url + "/flaky",
                                "--notify-chat", receiver.url + "/ok", "--notify-secret-file", secret,
                            ],
                            in: scratch
                        )
                    }.0
                    let events = receiver.told("/ok").filter { $0["body"]?["data"] != nil }
                    let event = try #require(events.first)
                    #expect(events.count == 1 && event["signed"]?.bool == true)
                    let body = try #require(event["body"])
                    #expect(body["type"]?.string == "run.ended")
                    #expect(body["data"]?["exit_code"]?.integer == Int64(finished.exitCode))
                    let files = try #require(body["data"]?["report_files"]?.array)
                    #expect(files.contains { ($0["path"]?.string).flatMap(textOfFile) != nil })
                    // The same event comes until it is taken, and is known by its identifier.
                    let flaky = receiver.told("/flaky")
                    #expect(flaky.count == 3 && flaky.allSatisfy { $0["signed"]?.bool == true })
                    #expect(Set(flaky.map { $0["id"]?.string }).count == 1)
                    let chat = try #require(receiver.told("/ok").first { $0["body"]?["data"] == nil })
                    #expect(chat["body"]?.object?.map(\.key) == ["text"])
                    #expect(finished.output.contains("notified: \(receiver.url)\n"))
                }
            }
        }

        /// The verdict and its exit code stand, whatever becomes of the word about it; and the program ends.
        @Test func hostileReceiversCostABoundedTimeAndNoVerdict() async throws {
            try await Scratch.with { scratch in
                try await withReceiver(in: scratch) { receiver in
                    let scenario = try scratch.write("scenario.yml", Example.look(at: "http://127.0.0.1:9"))
                    let paths = ["/hang", "/moved", "/huge", "/nothing"]
                    var invocation = try coordinator(scenario, ["--wait", "1s"], in: scratch)
                    invocation.environment = [
                        "APE_NOTIFY": (paths.map { receiver.url + $0 } + ["http://127.0.0.1:9/key"]).joined(
                            separator: " "
                        ),
                        "APE_NOTIFY_SECRET": Self.secret,
                    ]
                    let clock = ContinuousClock()
                    let start = clock.now
                    let finished = try await ProcessHarness.run(invocation, in: scratch)
                    #expect(clock.now - start < .seconds(45))
                    #expect(finished.exitCode == 4, "\(finished.errors)")
                    #expect(finished.errors.contains("0 of 1 workers"), "\(finished.errors)")
                    #expect(
                        finished.errors.contains(
                            "\(receiver.url) was not told of the verdict: it answered 404 (1 attempt)"
                        )
                    )
                    #expect(
                        finished.errors.contains("it answered 307: name the place itself, redirects are not followed")
                    )
                    #expect(finished.errors.contains("no answer came in time"))
                    #expect(finished.errors.contains("nothing listens there"))
                    // What a URL holds behind its port may be what gives access.
                    #expect(!finished.errors.contains("/key") && !finished.errors.contains("/hang"))
                    #expect(!finished.errors.contains(Self.secret))
                    #expect(receiver.told("/ok").isEmpty)
                    let hung = receiver.told("/hang")
                    #expect(hung.count >= 2 && hung.allSatisfy { $0["signed"]?.bool == true })
                    #expect(hung.first?["body"]?["data"]?["outcome"]?.string == "fleet_failed")
                    #expect(hung.first?["body"]?["data"]?["exit_code"]?.integer == 4)
                }
            }
        }

        @Test func whatCannotBeToldIsRefusedBeforeAnythingRuns() async throws {
            try await Scratch.with { scratch in
                let scenario = try scratch.write("scenario.yml", Example.look(at: "http://127.0.0.1:9"))
                for (flags, words) in [
                    (["--notify", "https://user:hunter2@127.0.0.1/"], "--notify must be a URL"),
                    (
                        ["--notify", "http://127.0.0.1:9/", "--notify-secret-file", scenario],
                        "the secret is not Base64"
                    ),
                    (["--notify-chat", "nowhere"], "--notify-chat must be a URL"),
                ] {
                    let finished = try await ProcessHarness.run(coordinator(scenario, flags, in: scratch), in: scratch)
                    #expect(finished.exitCode == 2, "\(flags): \(finished.errors)")
                    #expect(finished.errors.contains(words), "\(finished.errors)")
                    #expect(!finished.errors.contains("hunter2"))
                }
            }
        }
    }
}
