import ApeCore
import ApeInference
import ApeMetrics
import ApeTransfer
import Testing
import TransportKit

@testable import ApeAgent

/// What an agent's sessions leave by goal and by route.
@Suite struct BreakdownTests {
    private func measures(_ tally: WindowTally) -> Measures {
        var measures = Measures()
        measures.add(
            Window(
                run: "r",
                seq: 1,
                stage: 0,
                revision: 1,
                phase: .hold,
                startMicros: 0,
                endMicros: 1_000_000,
                assigned: 1,
                active: 1,
                counters: tally.counters,
                series: tally.series
            )
        )
        return measures
    }

    @Test func gapsAreFiledUnderTheActionThatBeganThem() async throws {
        let bench = try RunnerBench(.shop) { request, number in
            guard request.url.hasPrefix("http://model") else { return .json(200, "{}") }
            let path = number < 3 ? "/api/products" : "/api/products/p-1"
            return number < 6 ? .call("http_get", #"{"path":"\#(path)"}"#) : .call("finish", "{}")
        }
        let found = measures(await bench.run())
        let whole = found.gapBreakdown
        #expect(whole.gaps == 2 && whole.gapMicros > 0 && whole.partsMicros == whole.gapMicros)
        #expect(whole.firstTokenMicros > 0 && whole.targetMicros > 0)
        let goal = try #require(Scenario.shop.goals.first?.name)
        #expect(found.goalBreakdowns == [goal: whole])
        #expect(found.goalSessions[goal]?.failed == 1 && found.goalSessions[goal]?.completed == 1)
        #expect(found.routeBreakdowns.values.reduce(0) { $0 + $1.gaps } == 2)
        for gap in found.routeBreakdowns.values { #expect(gap.partsMicros == gap.gapMicros) }
        #expect(found.routeRequests.values.reduce(0, +) == 3 && found.routeFailures.isEmpty)
    }

    @Test func everyAttemptCountsUnderItsRoute() async throws {
        var scenario = Scenario.shop
        scenario.limits.targetRetries = 2
        let bench = try RunnerBench(scenario) { request, number in
            guard !request.url.hasPrefix("http://model") else {
                return number < 7 ? .call("http_get", #"{"path":"/api/products"}"#) : .call("finish", "{}")
            }
            return number < 4 ? .json(503, "{}") : .json(200, "{}")
        }
        let found = measures(await bench.run())
        let failure = try #require(found.routeFailures.first)
        #expect(found.routeFailures.count == 1)
        #expect(failure.status == "503" && failure.party == .target && failure.count == 2)
        #expect(failure.requests == found.routeRequests[failure.route] && failure.requests > failure.count)
    }

    @Test func aStatusThatTheScriptWaitsForIsNoFailure() async throws {
        var scenario = Scenario.shop
        var step = ScriptStep(method: "GET", path: "/api/products")
        step.expectStatus = StatusPattern("404")
        scenario.goals[0].mode = .script([step])
        scenario.goals[0].success = []
        let found = measures(await (try RunnerBench(scenario) { _, _ in .json(404, "{}") }).run())
        #expect(found.routeFailures.isEmpty && found[CounterName.actions(.clientError)] == 1)
        #expect(found[CounterName.sessionsSucceeded] == 1)
    }

    @Test func whatAnAttemptLacksIsNamedAndFiledAsItsSessionIs() async throws {
        let kinds: [TransferError.Kind] = [
            .resolve, .refused, .connectTimeout, .firstByteTimeout, .tls, .closed, .protocolError, .notAllowed,
            .tooManyRedirects, .invalidURL, .invalidRequest, .other,
        ]
        for kind in kinds {
            let bench = try RunnerBench(.shop) { request, number throws(TransferError) in
                guard !request.url.hasPrefix("http://model") else {
                    return number < 2 ? .call("http_get", #"{"path":"/api/products"}"#) : .call("finish", "{}")
                }
                throw TransferError(kind, "no")
            }
            let tally = await bench.run()
            let failure = try #require(measures(tally).routeFailures.first, "\(kind)")
            #expect(failure.status == kind.fault.rawValue && failure.rate == 1, "\(kind)")
            let reason = try #require(tally.failures.first)
            #expect(failure.party == Party(reason: reason), "\(kind) is filed as \(reason)")
        }
    }
}
