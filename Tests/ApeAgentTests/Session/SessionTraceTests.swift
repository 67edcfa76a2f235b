import ApeCore
import ApeMetrics
import ApeTransfer
import Testing
import TransportKit

@testable import ApeAgent

/// What a failed session tells of itself.
@Suite struct SessionTraceTests {
    /// A shop whose checkout is broken, and a model that gives up, telling more than it should.
    @Sendable private static func brokenShop(_ request: TransferRequest, _ number: Int) -> FakeTransport.Answer {
        switch (request.method, request.url) {
        case ("POST", "http://model/v1/chat/completions"):
            let body = String(decoding: request.body?.bytes ?? [], as: UTF8.self)
            if body.contains("HTTP 503") {
                return .call("finish", #"{"outcome":"failure","reason":"no way with tok-4711 and hunter22"}"#)
            }
            if body.contains("{{csrf_token}}") { return .call("http_post", #"{"path":"/api/checkout"}"#) }
            return .call("http_post", #"{"path":"/api/login"}"#)
        case ("POST", "http://shop/api/login"): return .json(200, #"{"csrf_token":"tok-4711"}"#, micros: 2000)
        default: return .json(503, #"{"error":"tok-4711"}"#, micros: 3000)
        }
    }

    private static func shop() -> Scenario {
        var scenario = Scenario.shop
        scenario.goals[0].data = [["username": "user-{{agent}}", "password": "hunter22"]]
        return scenario
    }

    @Test func aFailedSessionTellsEveryStepAndNoValue() async throws {
        let bench = try RunnerBench(Self.shop(), respond: Self.brokenShop)
        let tally = await bench.run()
        let event = try #require(bench.events.first { $0.code == "target_5xx" })
        let session = try #require(event.session)
        #expect(session.goal == "buy" && session.stepsLeftOut == 0)
        #expect(session.durationMicros == tally.sum("session"))
        #expect(session.failedCheck == .init(name: "paid", reason: "the status is 503"))
        let whats = session.steps.map(\.what)
        #expect(whats == ["decision", "POST /api/login", "decision", "POST /api/checkout", "decision"])
        #expect(session.steps.map(\.status) == [nil, 200, nil, 503, nil])
        #expect(session.steps.allSatisfy { $0.error == nil })
        #expect(session.steps[0].offsetMicros == 0 && session.steps[0].durationMicros == 10_200)
        #expect(session.steps[1].offsetMicros == 10_300 && session.steps[1].durationMicros == 2000)
        // Retries are in their step.
        let checkout = session.steps[3]
        #expect(checkout.attempts == 1 + Self.shop().limits.targetRetries && checkout.durationMicros > 6000)
        #expect(!"\(bench.events)".contains("4711") && !"\(bench.events)".contains("hunter22"))
    }

    @Test func whatTheModelRepeatsIsMasked() async throws {
        var scenario = Self.shop()
        scenario.limits.targetRetries = 0
        scenario.goals[0].success[0].path = "/api/never"
        let bench = try RunnerBench(scenario) { request, _ in
            guard request.url.hasPrefix("http://model") else { return .json(200, #"{"csrf_token":"tok-4711"}"#) }
            let isDone = String(decoding: request.body?.bytes ?? [], as: UTF8.self).contains("HTTP 200")
            return isDone
                ? .call("finish", #"{"outcome":"failure","reason":"no way with tok-4711 and hunter22"}"#)
                : .call("http_post", #"{"path":"/api/login"}"#)
        }
        _ = await bench.run()
        let event = try #require(bench.events.first)
        #expect(event.message == "the model gave up: no way with *** and ***")
        let check = try #require(event.session?.failedCheck)
        #expect(check.name == "paid" && check.reason == "no answer of the session was one that it looks at")
    }

    @Test func aSessionThatSucceedsTellsTheSpansOfItsRequests() async throws {
        let bench = try RunnerBench(.shop, respond: AgentRunnerTests.shop)
        _ = await bench.run()
        #expect(bench.events.isEmpty)
        let event = try #require(bench.successes.first)
        #expect(event.level == .debug && bench.successes.count == 1)
        let session = try #require(event.session)
        let parents = bench.transport.requests.compactMap { request in
            request.headers.first { $0.name == "traceparent" }?.value
        }
        let traceID = try #require(event.traceID)
        let own = parents.filter { $0.contains(traceID) }
        #expect(own == session.steps.map { "00-\(traceID)-\(Hexadecimal.text(of: $0.spanID))-01" })
        #expect(!own.isEmpty && Set(own).count == own.count)
        let decision = try #require(session.steps.first?.decision)
        #expect(decision.firstTokenMicros.map { $0 > 0 } == true && decision.tokensIn > 0)
        #expect(session.steps.allSatisfy { ($0.decision != nil) == ($0.what == "decision") })
    }

    @Test func ofManySuccessfulSessionsFewAreTold() {
        let sieve = SuccessSieve()
        let told = [(5, 0), (4, 1), (6, 2), (6, 3), (1, 999_999), (1, 1_000_000), (2, 1_000_001)].map {
            sieve.offers("buy", micros: $0.0, at: $0.1)
        }
        #expect(told == [true, false, true, false, false, true, true])
        #expect(sieve.offers("look", micros: 1, at: 3), "each goal by itself")
    }

    @Test func decisionsAndVerificationsThatFailAreSteps() async throws {
        var scenario = Scenario.script([ScriptStep(method: "GET", path: "/api/products")])
        scenario.goals[0].success = [
            SuccessCheck(name: "order", subject: .verification, method: "GET", path: "/api/orders/o-1")
        ]
        let verified = try RunnerBench(scenario) { request, _ throws(TransferError) in
            if request.url.contains("orders") { throw TransferError(.firstByteTimeout, "too slow", startedMicros: 1) }
            return .json(200, "{}")
        }
        _ = await verified.run()
        let steps = try #require(verified.events.first?.session?.steps)
        #expect(steps.map(\.what) == ["GET /api/products", "verify GET /api/orders/{id}"])
        #expect(steps[1].error == "timeout" && steps[1].status == nil)
        let refused = try RunnerBench(.shop) { _, _ in .json(401, "{}") }
        _ = await refused.run()
        let step = try #require(refused.events.first?.session?.steps.first)
        #expect(step.what == "decision" && step.status == 401 && step.attempts == 1)
    }

    @Test func secretsAreMaskedLongestFirst() {
        var state = SessionState()
        state.set("agent", "1234567", .given, isBuiltIn: true)
        state.set("short", "ab1", .found)
        state.set("id", "prod-1", .captured)
        state.set("longer", "prod-12", .captured)
        state.set("api_key", "given-key", .given)
        state.set("name", "given-name", .given)
        let text = "1234567 ab1 prod-12 prod-1 given-key given-name sk-1"
        var mask = SecretMask()
        mask.hide(secret: "sk-1")
        mask.hide(secret: "")
        #expect(state.masked(text, with: mask) == "1234567 ab1 *** *** *** given-name ***")
    }
}
