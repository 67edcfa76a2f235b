import ApeCore
import Foundation
import Testing

extension IntegrationTests.Operated {
    /// What a new user meets first: `init`, `check`, `doctor` and `ape-worker check`, as real processes.
    @Suite(.timeLimit(.minutes(5)))
    struct Setup {
        private func flags(_ demo: Demo, _ output: String) -> [String] {
            [
                "init", "--output", output, "--target", demo.shop, "--openapi", "\(demo.shop)/openapi.json",
                "--inference", demo.inference, "--model", "demo", "--goal", "Buy two headphones.",
                "--proof", "POST /api/checkout",
            ]
        }

        private func run(_ arguments: [String], in scratch: Scratch) async throws -> FinishedProgram {
            try await ProcessHarness.run(.ape("ape-test", arguments), in: scratch)
        }

        /// What `ape-test init` wrote is checked, examined and run, as it tells the user to.
        @Test func aFirstScenarioRunsAsItWasWritten() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let scenario = scratch.file("ape.yml")
                    let made = try await run(flags(demo, scenario), in: scratch)
                    #expect(made.exitCode == 0, "\(made.errors)")
                    #expect(made.output.contains("7 endpoints"))
                    #expect(textOfFile(scratch.file("openapi.json"))?.contains("/api/checkout") == true)
                    #expect(try await run(["check", scenario], in: scratch).exitCode == 0)

                    let doctor = try await run(
                        ["doctor", "--scenario", scenario, "--agents", "10", "--json"],
                        in: scratch
                    )
                    #expect(doctor.exitCode == 0, "\(doctor.output)")
                    let found = try JSONValue(parsing: doctor.output)["findings"]?.array ?? []
                    for check in ["target.app", "inference", "inference.tool_calls", "disk", "open_files"] {
                        let finding = found.first { $0["check"]?.string == check }
                        #expect(finding?["level"]?.string == "ok", "\(check)")
                    }

                    let text = try #require(textOfFile(scenario)) + Example.plan(agents: 3, holdSeconds: 10)
                    let (finished, reportPath) = try await Ape.validate(scenario: text, in: scratch)
                    #expect([0, 3].contains(finished.exitCode), "\(finished.errors)\(finished.output)")
                    #expect(try Report(reportPath).count("sessions_succeeded") > 0)
                }
            }
        }

        @Test func whatIsThereIsKept() async throws {
            try await Scratch.with { scratch in
                let scenario = try scratch.write("ape.yml", "mine")
                let offline = [
                    "init", "--offline", "--output", scenario, "--target", "http://127.0.0.1:1", "--inference",
                    "http://127.0.0.1:2/v1", "--model", "m", "--goal", "Buy.",
                ]
                let refused = try await run(offline, in: scratch)
                #expect(refused.exitCode == 2)
                #expect(refused.errors.contains("--force"))
                #expect(textOfFile(scenario) == "mine")
                let replaced = try await run(offline + ["--force"], in: scratch)
                #expect(replaced.exitCode == 0, "\(replaced.errors)")
                #expect(replaced.output.contains("goal_1 only proves that the application answers"))
                #expect(textOfFile(scenario)?.contains("http://127.0.0.1:1") == true)
            }
        }

        @Test func nothingIsWrittenWhereNothingAnswers() async throws {
            try await Scratch.with { scratch in
                let closed = "http://127.0.0.1:\(try FreePort.pick())"
                let made = try await run(
                    flags(Demo(shop: closed, inference: closed), scratch.file("ape.yml")),
                    in: scratch
                )
                #expect(made.exitCode == 2)
                #expect(made.errors.contains("--target \(closed) does not answer"))
                #expect(textOfFile(scratch.file("ape.yml")) == nil)
            }
        }

        /// A dialogue on a terminal, by `Tests/Reference/typist.py`.
        private func type(_ dialogue: [(String, String)], in scratch: Scratch) async throws -> FinishedProgram {
            let lines = dialogue.map { "\($0)\t\($1)\n" }.joined()
            let path = try scratch.write("dialogue-\(UInt32.random(in: 0...UInt32.max))", lines)
            let program = try Invocation.ape("ape-test", ["init", "--output", scratch.file("ape.yml")])
            return try await ProcessHarness.run(
                Invocation(
                    "python3",
                    ["\(Invocation.tree)/Tests/Reference/typist.py", path, program.program] + program.arguments
                ),
                in: scratch
            )
        }

        @Test func aPersonIsAskedForEverything() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let typed = try await type(
                        [
                            ("URL of the application", "shop.example.com"), ("must be a URL", demo.shop),
                            ("OpenAPI document", "\(demo.shop)/nowhere"),
                            ("there is no document", "\(demo.shop)/api/products"),
                            ("is no OpenAPI 3 document", "\(demo.shop)/openapi.json"),
                            ("URL of the model's endpoint", demo.inference), ("model's name", "demo"),
                            ("holds its key", ""), ("What does a user want", "Buy two headphones."),
                            ("proves it", "POST /api/checkout"), ("Another goal", ""),
                        ],
                        in: scratch
                    )
                    #expect(typed.exitCode == 0, "\(typed.output)\(typed.errors)")
                    #expect(try await run(["check", scratch.file("ape.yml")], in: scratch).exitCode == 0)
                }
            }
        }

        @Test func ctrlCLeavesNothing() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let typed = try await type(
                        [("URL of the application", demo.shop), ("OpenAPI document", "^C")],
                        in: scratch
                    )
                    #expect(typed.exitCode == 130, "\(typed.output)\(typed.errors)")
                    #expect(typed.output.contains("nothing was written"))
                    let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
                    #expect(!left.contains { $0.hasPrefix("ape.yml") || $0.hasPrefix("openapi") }, "\(left)")
                }
            }
        }

        @Test func theDoctorFindsWhatIsWrong() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(["--api-key-env", "HOME"], in: scratch) { demo in
                    let scenario = try scratch.write("s.yml", Example.shop(demo, agents: 1, holdSeconds: 1))
                    let refused = try await run(["doctor", "--scenario", scenario], in: scratch)
                    #expect(refused.exitCode == 1)
                    #expect(refused.output.contains("inference.api_key_env"), "\(refused.output)")
                    let elsewhere = try await run(
                        ["doctor", "--coordinator", "127.0.0.1:\(try FreePort.pick())"],
                        in: scratch
                    )
                    #expect(elsewhere.exitCode == 1)
                    #expect(elsewhere.output.contains("start ape-coordinator"), "\(elsewhere.output)")
                    let absent = try await run(["doctor", "--scenario", scratch.file("none.yml")], in: scratch)
                    #expect(absent.exitCode == 2)
                }
            }
        }

        @Test func theDoctorMeetsACoordinatorOverTLS() async throws {
            try await Scratch.with { scratch in
                let certificates = Certificates(scratch)
                try await certificates.make(["--coordinator", "127.0.0.1", "--worker", "one"])
                let control = "127.0.0.1:\(try FreePort.pick())"
                let scenario = try scratch.write("s.yml", Example.look(at: "http://127.0.0.1:1"))
                let coordinator = try Invocation.ape(
                    "ape-coordinator",
                    ["run", "--listen", control, "--scenario", scenario, "--results", scratch.file("results")]
                        + ["--output", scratch.file("report.json")] + certificates.flags(of: "coordinator")
                )
                try await ProcessHarness.with(coordinator, in: scratch) { coordinator in
                    try await coordinator.line(containing: "listening for workers")
                    let doctor = ["doctor", "--agents", "10", "--json", "--coordinator", control]
                    let met = try await run(doctor + certificates.flags(of: "one"), in: scratch)
                    #expect(met.exitCode == 0, "\(met.output)\(met.errors)")
                    let found = try JSONValue(parsing: met.output)["findings"]?.array ?? []
                    for check in ["coordinator", "coordinator.certificate", "worker.certificate"] {
                        #expect(found.first { $0["check"]?.string == check }?["level"]?.string == "ok", "\(check)")
                    }
                    let unmet = try await run(doctor, in: scratch)
                    #expect(unmet.exitCode == 1)
                    #expect(unmet.output.contains("--tls-ca"), "\(unmet.output)")
                }
            }
        }

        /// The host is looked at, and a limit that is too low for so many agents is told with its fix.
        @Test func aWorkersHostIsChecked() async throws {
            try await Scratch.with { scratch in
                let program = try Invocation.ape("ape-worker", ["check", "--agents", "100", "--json"])
                let fine = try await ProcessHarness.run(program, in: scratch)
                #expect(fine.exitCode == 0, "\(fine.output)")
                let words = "ulimit -n 300 && exec \"$0\" check --agents 100"
                let low = try await ProcessHarness.run(Invocation("sh", ["-c", words, program.program]), in: scratch)
                #expect(low.exitCode == 1)
                #expect(low.output.contains("LimitNOFILE=1024"), "\(low.output)")
                let bare = try await ProcessHarness.run(.ape("ape-worker", []), in: scratch)
                #expect(bare.exitCode == 2)
                #expect(bare.errors.contains("Missing expected argument '--coordinator <host:port>'"))
            }
        }
    }
}
