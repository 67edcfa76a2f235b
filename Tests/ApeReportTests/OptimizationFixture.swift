import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeReport
import ApeRun

/// Runs on paper with one trouble each: two workers, ten gaps a second each, of which two begin with `GET /api/slow`.
struct OptimizationFixture {
    /// The parts of a gap in milliseconds. A few more that differ from second to second give intervals a width.
    var firstToken: Int64 = 200
    var generation: Int64 = 100
    var target: Int64 = 20
    /// Of the gaps that begin with `GET /api/slow`.
    var slowTarget: Int64 = 20
    var retryWait: Int64 = 0
    var think: Int64 = 0
    var agents = [10, 100]
    var outcome = RunOutcome.finished
    /// What becomes of a window.
    var change: (inout Window, String) -> Void = { _, _ in }

    var report: RunReport {
        ReportFixture.report(agents: agents, outcome: outcome) { window, worker in
            fill(&window)
            change(&window, worker)
            return true
        }
    }

    var analysis: OptimizationAnalysis { report.analysis }

    private func fill(_ window: inout Window) {
        var tally = WindowTally()
        for step in 0..<10 as Range<Int64> {
            var gap = GapBreakdown()
            gap.gaps = 1
            gap.firstTokenMicros = 1_000 * (firstToken + window.seq % 5)
            gap.generationMicros = 1_000 * generation
            gap.targetMicros = 1_000 * (step < 2 ? slowTarget : target)
            gap.retryWaitMicros = 1_000 * retryWait
            gap.thinkMicros = 1_000 * think
            gap.gapMicros = gap.partsMicros
            tally.record(gap, goal: "buy", route: step < 2 ? "GET /api/slow" : "GET /api/fast")
            tally.record(.ttft, gap.firstTokenMicros)
            tally.record(.attemptTTFT, gap.firstTokenMicros)
        }
        tally.record(.startup, 20_000)
        tally.add(.routeRequests, "GET /api/slow", 2)
        tally.add(.routeRequests, "GET /api/fast", 8)
        let cut = tally.cut()
        window.series = cut.series
        window.counters = cut.counters
        let counters: [CounterName: Int64] = [
            .sessionsSucceeded: 10, .sessionsStateful: 10, .sessionsSuccessfulStateful: 10, .actions(.successful): 10,
            .decisions: 10, .tokensOut: 250,
        ]
        window.counters.merge(counters) { $1 }
    }
}
