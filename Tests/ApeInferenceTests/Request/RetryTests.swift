import ApeCore
import Testing

@testable import ApeInference

@Suite struct RetryTests {
    @Test(
        arguments: [
            ("0", 0), ("7", 7_000_000), ("1.5", 1_500_000), ("-1", nil), ("soon", nil), ("", nil), ("nan", nil),
            ("inf", nil),
            ("1e99", 1_000_000_000_000_000), ("Tue, 14 Nov 2023 22:13:25 GMT", 5_000_000),
            ("Tue, 14 Nov 2023 22:13:10 GMT", 0), ("Tue, 14 Nov 2023 25:13:25 GMT", nil),
            ("Tue, 14 Foo 2023 22:13:25 GMT", nil), ("14 Nov 2023", nil),
        ] as [(String, Int64?)]
    )
    func readsRetryAfter(value: String, micros: Int64?) {
        #expect(RetryAfter.micros(value, date: nil, wallSeconds: 1_700_000_000) == micros)
    }

    @Test func measuresADateAgainstTheAnswersOwnClock() {
        let micros = RetryAfter.micros(
            "Sun, 06 Nov 1994 08:49:47 GMT",
            date: "Sun, 06 Nov 1994 08:49:37 GMT",
            wallSeconds: 0
        )
        #expect(micros == 10_000_000)
        #expect(RetryAfter.seconds(ofDate: "Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        #expect(RetryAfter.seconds(ofDate: "Thu, 01 Jan 1970 00:00:00 GMT") == 0)
        #expect(RetryAfter.seconds(ofDate: "Thu, 29 Feb 2024 12:00:00 GMT") == 1_709_208_000)
    }

    @Test func backsOffExponentiallyWithJitterAndLimits() throws {
        var limits = Scenario.Limits()
        limits.backoffMicros = 1000
        limits.backoffMaximumMicros = 3000
        limits.retryAfterMaximumMicros = 50_000
        let policy = RetryPolicy(limits, retries: 3)
        var random = SeededRandom(seed: 1)
        func wait(_ failures: Int, _ retryAfter: Int64? = nil, remaining: Int64 = 1_000_000) -> Int64? {
            policy.wait(after: failures, retryAfterMicros: retryAfter, remainingMicros: remaining, random: &random)
        }
        for _ in 0..<100 {
            #expect((500...1000).contains(try #require(wait(1))))
            #expect((1000...2000).contains(try #require(wait(2))))
            #expect((1500...3000).contains(try #require(wait(3))))
            #expect((20_000...21_500).contains(try #require(wait(3, 20_000))))
        }
        #expect(wait(4) == nil)
        #expect(wait(1, 50_001) == nil)
        #expect(wait(1, 20_000, remaining: 20_000) == nil)
        #expect(RetryPolicy.backoff(after: 1000, first: 250_000, maximum: 5_000_000) == 5_000_000)
    }

    @Test func spacesRequestsToTheBudget() {
        var schedule = RateSchedule(requestsPerMinute: 600)
        let waits = (0..<14).map { _ in schedule.reserve(at: 0) }
        #expect(waits.prefix(10).allSatisfy { $0 == 0 })
        #expect(Array(waits.suffix(4)) == [100_000, 200_000, 300_000, 400_000])
        let later = schedule.reserve(at: 10_000_000)
        #expect(later == 0)
        var slow = RateSchedule(requestsPerMinute: 6)
        let slowWaits = (0..<3).map { _ in slow.reserve(at: 0) }
        #expect(slowWaits == [0, 10_000_000, 20_000_000])
    }
}
