import Subprocess
import Testing

extension IntegrationTests {
    /// The harness itself: a test that cannot fail because its harness sees nothing is worth nothing.
    @Suite(.timeLimit(.minutes(3)))
    struct Harness {
        @Test func tellsTheExitCodeAndBothOutputs() async throws {
            try await Scratch.with { scratch in
                let program = Invocation("sh", ["-c", "echo out; echo err >&2; exit 7"])
                let finished = try await ProcessHarness.run(program, in: scratch)
                #expect(finished.exitCode == 7)
                #expect(finished.output == "out\n")
                #expect(finished.errors == "err\n")
            }
        }

        @Test func endsAProgramThatWouldRunForEver() async throws {
            try await Scratch.with { scratch in
                let program = Invocation("sh", ["-c", "echo ready; exec sleep 1000"])
                let pid = try await ProcessHarness.with(program, in: scratch) { running in
                    try await running.line(containing: "ready")
                    return running.pid
                }
                #expect(LiveProcesses.isGone(pid))
            }
        }

        @Test func interruptsAWholeGroup() async throws {
            try await Scratch.with { scratch in
                let program = Invocation("sh", ["-c", "trap 'exit 130' INT; echo ready; sleep 1000 & wait"])
                let (session, finished) = try await ProcessHarness.supervise(program, in: scratch) { running in
                    try await running.line(containing: "ready")
                    try running.interruptGroup()
                    return running.pid
                }
                #expect(finished.exitCode == 130)
                // A background child of a shell without job control ignores the interrupt: it is still there.
                #expect(LiveProcesses.ofSession(session).count == 1)
                LiveProcesses.kill(LiveProcesses.ofSession(session))
            }
        }

        @Test(.enabled(if: NetworkNamespaces.isPossible, "needs root and iproute2"))
        func hostsOfAFleetReachEachOther() async throws {
            try await Scratch.with { scratch in
                try await NetworkNamespaces.with(["a", "b"], in: scratch) { hosts in
                    let port = "8123"
                    var server = Invocation("python3", ["-m", "http.server", port, "--directory", scratch.path])
                    server.namespace = hosts.namespace("a")
                    try await ProcessHarness.with(server, in: scratch) { _ in
                        let url = "http://\(try hosts.address("a")):\(port)/"
                        var client = Invocation("curl", ["--silent", "--fail", "--max-time", "2", url])
                        client.namespace = hosts.namespace("b")
                        let answer = try await Wait.until("the other host's answer") {
                            let finished = try await ProcessHarness.run(client, in: scratch)
                            return finished.exitCode == 0 ? finished : nil
                        }
                        #expect(answer.output.contains("Directory listing"))
                    }
                }
            }
        }

        @Test func saysWhatItWaitedFor() async throws {
            await #expect(throws: HarnessError.self) {
                try await Wait.until("a miracle", limit: .milliseconds(50)) { nil as Int? }
            }
        }
    }
}
