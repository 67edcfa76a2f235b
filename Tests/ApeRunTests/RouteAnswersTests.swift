import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

@Suite struct RouteAnswersTests: JudgesRuns {
    @Test func fastErrorsFlatterNobody() throws {
        var window = WindowTally()
        for micros in [900_000, 1_000_000, 1_100_000] as [Int64] { window.record(.targetRoute, "GET /slow", micros) }
        for _ in 0..<3 { window.addFailed("GET /slow", "500", .target, waitedMicros: 1_000) }
        var measures = Measures()
        measures.add(window.cut())
        let answers = try #require(measures.routeAnswers["GET /slow"])
        #expect(answers.all.count == 6 && answers.all.percentile(50) == 1_000)
        #expect(answers.good.count == 3 && answers.good.sumMicros == 3_000_000)
        #expect(answers.good.meanMicros == 1_000_000 && answers.good.maxMicros == 1_100_000)
        #expect(try #require(answers.good.percentile(50)) >= 1_000_000)
    }

    @Test func withNoGoodOneThereIsNone() {
        let all = histogram([5, 7])
        #expect(all.subtracting(all).isEmpty && all.subtracting(histogram([])) == all)
        #expect(histogram([5]).subtracting(all).isEmpty, "more failed than there are")
    }
}
