import ApeCore
import ApeMetrics
import ApeTransfer
import Testing
import TransportKit

@testable import ApeAgent

/// What the model, or its endpoint, does in consequence of what another did is not theirs.
@Suite struct OthersFaultTests {
    /// A session whose model logs in and then sends what the login was to give, over and over.
    private func session(login: @escaping @Sendable () throws(TransferError) -> FakeTransport.Answer) async throws
        -> (tally: WindowTally, events: [String])
    {
        let bench = try RunnerBench(.shop) { request, number throws(TransferError) in
            guard request.url.hasPrefix("http://model") else { return try login() }
            if number == 1 { return .call("http_post", #"{"path":"/api/login"}"#) }
            return .call("http_post", #"{"path":"/api/checkout","body":{"t":"{{csrf_token}}"}}"#)
        }
        return (await bench.run(), bench.events.map(\.code))
    }

    @Test func aValueThatNobodyCouldAskForIsNoMistakeOfTheModels() async throws {
        let (tally, events) = try await session { () throws(TransferError) in
            throw TransferError(.other, "no descriptors")
        }
        #expect(tally.failures == ["harness_transport"] && tally.count("decisions") == 4)
        #expect(tally.count("simulation_errors") == 0 && events == ["harness_transport"])
    }

    @Test func aValueThatTheTargetFailedToGiveIsTheTargets() async throws {
        let (tally, _) = try await session { .json(500, "{}") }
        #expect(tally.failures == ["target_5xx"] && tally.count("simulation_errors") == 0)
    }

    /// A login that was answered, or refused for what the model sent, excuses nothing.
    @Test(arguments: [200, 400]) func aValueThatTheModelMadeUpIsItsMistake(status: Int) async throws {
        let (tally, events) = try await session { .json(status, "{}") }
        #expect(tally.failures == ["simulation_invalid_tool_calls"] && tally.count("simulation_errors") == 3)
        #expect(events.count { $0 == "simulation_invalid_call" } == 3)
    }

    /// Other invalid calls are the model's, whatever failed before.
    @Test func aCallThatCannotBeMadeIsTheModelsAllTheSame() async throws {
        let bench = try RunnerBench(.shop) { request, number throws(TransferError) in
            guard request.url.hasPrefix("http://model") else { throw TransferError(.other, "no descriptors") }
            return number == 1 ? .call("http_post", #"{"path":"/api/login"}"#) : .call("http_post", "{}")
        }
        let tally = await bench.run()
        #expect(tally.failures == ["simulation_invalid_tool_calls"] && tally.count("simulation_errors") == 3)
    }

    /// Each decision is made at the second attempt: the wait for it is the time of whoever failed the first.
    @Test(arguments: [(TransferError.Kind.other, "harness_time_limit"), (.refused, "inference_time_limit")])
    func theTimeLimitIsHisWhoWasWaitedFor(kind: TransferError.Kind, reason: String) async throws {
        var scenario = Scenario.shop
        scenario.goals[0].timeoutMicros = 2_000_000
        let bench = try RunnerBench(scenario) { request, number throws(TransferError) in
            if number % 3 == 1 { throw TransferError(kind, "no descriptors") }
            if number % 3 == 2 { return .call("http_get", #"{"path":"/\#(number)"}"#) }
            // Eight waits take 1 to 2 s; then an answer takes less, and the rest.
            var answer = FakeTransport.Answer.json(200, "{}")
            if number == 24 { answer.micros = 950_000 }
            return answer
        }
        #expect(await bench.run().failures == [reason])
    }
}
