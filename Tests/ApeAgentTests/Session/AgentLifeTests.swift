import ApeCore
import ApeInference
import ApeMetrics
import ApeTransfer
import Testing
import TransportKit

@testable import ApeAgent

@Suite struct AgentLifeTests {
    private static let steps = [ScriptStep(method: "GET", path: "/a"), ScriptStep(method: "GET", path: "/b")]

    @Test func runsAScriptThroughTheSameMachinery() async throws {
        var login = ScriptStep(method: "POST", path: "/api/login")
        login.body = ["username": "{{agent}}"]
        var order = ScriptStep(method: "GET", path: "/api/orders/{{id}}")
        order.expectStatus = StatusPattern("404")
        var scenario = Scenario.script([login, order])
        scenario.pacing.thinkMicros = 500...500
        let bench = try RunnerBench(scenario, sessions: 2) { request, _ in
            request.method == "POST" ? .json(200, #"{"id":7}"#) : .json(404, "{}")
        }
        let tally = await bench.run()
        #expect(tally.count("sessions_succeeded") == 2 && tally.count("sessions_stateful") == 2)
        #expect(tally.count("actions{status=4xx}") == 2 && tally.samples("gap") == 3)
        #expect(tally.sum("think") == 1000 && tally.sum("gap") == 4000 && tally.sum("target") == 3000)
        #expect(bench.transport.requests[1].url == "http://shop/api/orders/7")
        #expect(bench.transport.requests[0].body?.bytes == Array(#"{"username":"3"}"#.utf8))
    }

    @Test(arguments: [(404, "target_4xx"), (500, "target_5xx"), (302, "target_unexpected_status")])
    func endsAScriptAtAnUnexpectedStatus(status: Int, reason: String) async throws {
        var step = ScriptStep(method: "GET", path: "/")
        step.expectStatus = StatusPattern("200")
        let tally = try await RunnerBench(.script([step] + Self.steps)) { _, _ in .json(status, "{}") }.run()
        #expect(tally.failures == [reason] && tally.count("target_requests") == 1)
    }

    /// An expected 4xx is an answer like any other.
    @Test func capturesFromAnAnswerThatTheScriptExpects() async throws {
        var missing = ScriptStep(method: "GET", path: "/a")
        missing.expectStatus = StatusPattern("404")
        var scenario = Scenario.script([missing, ScriptStep(method: "GET", path: "/b/{{hint}}")])
        scenario.goals[0].captures = [Capture(name: "hint", source: .jsonPath("$.try"))]
        let bench = try RunnerBench(scenario) { request, number in
            number == 1 ? .json(404, #"{"try":"x9"}"#) : .json(200, "{}")
        }
        let tally = await bench.run()
        #expect(tally.failures == [] && tally.count("sessions_succeeded") == 1)
        #expect(bench.transport.requests.last?.url == "http://shop/b/x9")
        #expect(!tally.counters.keys.contains { $0.isOf(.routeErrors) })
    }

    @Test func aValueThatTheTargetDidNotGiveIsTheTargets() async throws {
        let steps = [ScriptStep(method: "GET", path: "/a"), ScriptStep(method: "GET", path: "/{{order_id}}")]
        let tally = try await RunnerBench(.script(steps)) { _, _ in .json(200, "{}") }.run()
        #expect(tally.failures == ["target_missing_value"])
    }

    @Test func failsAScriptWithoutAValue() async throws {
        let step = ScriptStep(method: "GET", path: "/{{order_id}}")
        let tally = try await RunnerBench(.script([step])) { _, _ in .json(200, "{}") }.run()
        #expect(tally.failures == ["simulation_missing_value"] && tally.count("target_requests") == 0)
    }

    @Test func retriesATargetThatAsksForPatience() async throws {
        let bench = try RunnerBench(.script(Self.steps)) { _, number in
            number == 1 ? FakeTransport.Answer(status: 503, headers: [("Retry-After", "1")]) : .json(200, "{}")
        }
        let tally = await bench.run()
        #expect(tally.count("target_requests") == 3 && tally.count("actions{status=2xx}") == 2)
        #expect(tally.count("actions{status=5xx}") == 0 && tally.samples("gap") == 1)
        #expect(tally.sum("retry_wait") >= 1_000_000 && tally.sum("target") == 2000)
        #expect(tally.sum("gap") == tally.sum("retry_wait") + 2000)
        let patient = try await RunnerBench(.script(Self.steps)) { _, _ in FakeTransport.Answer(status: 429) }.run()
        #expect(patient.count("target_requests") == 3 && patient.count("actions{status=4xx}") == 1)
    }

    @Test func countsRedirectsAndCookies() async throws {
        let tally = try await RunnerBench(.script(Self.steps)) { _, _ in
            var answer = FakeTransport.Answer.json(200, "{}")
            answer.redirectedFrom = Array(repeating: FakeTransport.Answer(status: 302), count: 2)
            answer.sentCookie = true
            return answer
        }.run()
        #expect(tally.count("target_requests") == 6 && tally.count("sessions_stateful") == 1)
    }

    @Test func aFailureTellsOfADroppedCookie() async throws {
        let bench = try RunnerBench(.script(Self.steps)) { _, number in
            var answer = FakeTransport.Answer.json(number == 1 ? 200 : 401, "{}")
            answer.cookieTrouble = number == 1 ? "the cookie id was not kept" : nil
            return answer
        }
        _ = await bench.run()
        let message = bench.events.first { $0.code == "target_4xx" }?.message
        #expect(message?.hasSuffix("; the cookie id was not kept") == true)
    }

    @Test(arguments: [
        (TransferError.Kind.refused, "target_refused"), (.resolve, "target_dns"), (.totalTimeout, "target_timeout"),
        (.notAllowed, "harness_not_allowed"),
    ])
    func doesNotSpinAgainstWhatCannotBeReached(kind: TransferError.Kind, reason: String) async throws {
        let bench = try RunnerBench(.script(Self.steps), sessions: 8) { _, _ throws(TransferError) in
            throw TransferError(kind, "no", startedMicros: kind == .notAllowed ? nil : 1)
        }
        let tally = await bench.run()
        #expect(tally.failures == [reason] && tally.count("sessions_started") == 8)
        #expect(tally.count("target_requests") == (kind == .notAllowed ? 0 : 8))
        let waits = bench.transport.sleeps.filter { $0 != RunnerBench.pause }
        guard kind != .totalTimeout else { return #expect(waits.isEmpty) }
        #expect(waits.count == 7)
        #expect((125_000...250_000).contains(waits[0]) && (250_000...500_000).contains(waits[1]))
        #expect(waits.allSatisfy { $0 <= AgentLife.backoffMaximumMicros } && waits[6] >= 2_500_000)
        #expect(bench.events.count == 8 && bench.events[0].agent == 3 && bench.events[0].traceID?.utf8.count == 32)
    }

    @Test func isTheSameForTheSameSeed() async throws {
        var scenario = Scenario.script(Self.steps)
        scenario.pacing.thinkMicros = 0...1_000_000
        scenario.goals.append(scenario.goals[0])
        scenario.goals[1].mode = .script([ScriptStep(method: "GET", path: "/{{random}}"), Self.steps[0]])
        func traffic(_ seed: UInt64, agent: Int = 3) async throws -> [String] {
            let bench = try RunnerBench(scenario, sessions: 5, seed: seed) { _, _ in .json(200, "{}") }
            _ = await bench.run(agent: agent)
            let requests = bench.transport.requests.map { "\($0.url) \($0.headers.last?.value ?? "")" }
            return requests + bench.transport.sleeps.map(String.init)
        }
        let first = try await traffic(1)
        #expect(try await traffic(1) == first)
        #expect(try await traffic(2) != first)
        #expect(try await traffic(1, agent: 4) != first)
    }

    @Test func stopCutsAnInferenceStreamAtOnce() async throws {
        let bench = try RunnerBench(.shop) { _, _ in FakeTransport.Answer(hangs: true) }
        async let tally = bench.run()
        while bench.transport.requests.isEmpty { await Task.yield() }
        bench.control.stop()
        let measured = await tally
        #expect(measured.count("sessions_started") == 1 && measured.count("sessions_unfinished") == 1)
        #expect(measured.failures == [] && measured.samples("session") == 0)
    }

    @Test func stopLetsATargetRequestEnd() async throws {
        let control = AgentControl()
        let recorder = WindowRecorder()
        let transport = FakeTransport { _, _ in
            control.stop()
            return .json(200, "{}")
        }
        let prepared = try PreparedScenario(.script(Self.steps), run: "r", seed: 1, apiKey: nil, gate: nil)
        let runner = AgentRunner(
            prepared: prepared,
            recorder: recorder,
            makeTransport: { _ in transport },
            onEvent: { _ in }
        )
        let next = await runner.start(agent: 0, firstSession: 7, startMicros: 0, control: control, on: nil).value
        let tally = recorder.tally
        #expect(next == 8)
        #expect(tally.count("target_requests") == 1 && tally.count("actions{status=2xx}") == 1)
        #expect(tally.count("sessions_unfinished") == 1)
    }

    @Test func cancellationAbortsEverything() async throws {
        let bench = try RunnerBench(.script(Self.steps)) { _, _ in FakeTransport.Answer(hangs: true) }
        let tally = await withTaskGroup(of: WindowTally.self) { group in
            group.addTask { await bench.run() }
            while bench.transport.requests.isEmpty { await Task.yield() }
            group.cancelAll()
            return await group.next()
        }
        #expect(tally?.count("sessions_unfinished") == 1)
    }

    @Test func waitsForTheGovernorApartFromTheTTFT() async throws {
        let bench = try RunnerBench(
            .shop,
            governor: RateGovernor(fleetRequestsPerMinute: 6),
            respond: AgentRunnerTests.shop
        )
        let tally = await bench.run()
        #expect(tally.count("sessions_succeeded") == 1)
        #expect(tally.sum("ttft") == 20_200)
        #expect(tally.sum("retry_wait") > 9_000_000 && tally.sum("decision") == 10_300)
    }
}
