import ApeCore
import ApeFleet
import ApeMetrics
import ApeReport
import ApeRun
import ApeTestKit
import Testing

@testable import ApeCoordinator

/// What the page of a large and long run takes.
@Suite(.timeLimit(.minutes(5))) struct LivePageCostTests {
    private static let seconds = 7_200
    private static let workers = (0..<1_000).map { "worker-\($0)" }

    /// Two hours of a thousand workers, of whom each reports one second in five hundred, so that the test is quick.
    private func report() throws -> (report: RunReport, took: Duration) {
        var fixture = LedgerFixture(agents: [1_000], holdSeconds: Self.seconds, workers: Self.workers)
        var timeline = LiveTimeline()
        timeline.follow(fixture.ledger)
        for second in 0..<Self.seconds {
            for place in 0..<2 {
                let worker = Self.workers[(2 * second + place) % Self.workers.count]
                var window = fixture.window(stage: 0, second: second, active: 500)
                LedgerFixture.healthy(&window, gap: 300_000 + Int64(second * 37 % 400_000))
                for route in 0..<20 {
                    let name = SeriesName.target(route: "GET /api/\(route)")
                    window.series[name, default: Histogram()].record(Int64(1_000 + second + route))
                }
                fixture.ledger.add(worker: worker, window: window)
                timeline.add(worker: worker, window: window)
            }
        }
        let (ledger, start) = (fixture.ledger, ContinuousClock.now)
        var report = RunReport(
            run: try PageFixture.run("large", seconds: Self.seconds + 2),
            ledger: ledger,
            verdict: RunVerdict(judging: ledger, rules: JudgingRules(), outcome: .running)
        )
        report.picture = timeline.points
        return (report, ContinuousClock.now - start)
    }

    @Test func aThousandWorkersAndTwoHoursMakeAPageOfBoundedSize() throws {
        let (report, _) = try report()
        #expect(report.picture.count <= LiveTimeline.maximumPoints + 3)
        let parts = LivePage(report, nil).parts
        let bytes = parts.reduce(0) { $0 + $1.html.utf8.count }
        // Once round within twelve seconds of the budget.
        #expect(bytes < 12 * Int(PartBoard.bytesPerSecond), "\(bytes)")
        let workers = parts.first { $0.id == "workers" }?.html ?? ""
        #expect(workers.contains("The final report has 900 more workers."))
        var board = PartBoard()
        var sent = 0
        for _ in 0..<60 {
            let mixed = parts.map { HTMLPart($0.id, html: $0.html + " ") }
            sent += board.take(mixed, elapsed: 1, isBounded: true).reduce(0) { $0 + $1.part.html.utf8.count }
            sent += board.take(parts, elapsed: 1, isBounded: true).reduce(0) { $0 + $1.part.html.utf8.count }
        }
        #expect(Double(sent) / 120 < 1.1 * PartBoard.bytesPerSecond, "\(sent / 120) bytes a second")
    }
}
