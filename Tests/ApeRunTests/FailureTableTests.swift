import ApeCore
import ApeMetrics
@testable import ApeRun
import ApeTestKit
import Testing

/// Who failed how many sessions, where, and when.
@Suite struct FailureTableTests: JudgesRuns {
    private let order = SessionFailureLabel(reason: .target5xx, status: 500, route: "POST /order", goal: "buy")
    private let refused = SessionFailureLabel(reason: .refused, status: 404, route: "GET /gone", goal: "look")

    private func exemplar(_ trace: String, _ route: String, _ status: Int) -> ExemplarSession {
        ExemplarSession(
            reason: "target_5xx",
            message: "",
            worker: "a",
            traceID: trace,
            session: SessionTrace(
                goal: "buy",
                durationMicros: 1,
                steps: [.init(offsetMicros: 0, durationMicros: 1, what: route, status: status)]
            )
        )
    }

    private func table(_ change: (inout LedgerFixture) -> Void = { _ in }) -> FailureTable {
        var fixture = healthyRun(agents: [10]) { window, worker, second in
            guard worker == "a", second < 0 || second == 2 || second == 7 else { return }
            var tally = WindowTally()
            for label in second == 7 ? [order, refused] : [order] {
                tally.addFailure(label, sessionMicros: 1)
                tally.add(.sessionFailures, label.text)
            }
            window.counters.merge(tally.counters) { $1 }
        }
        change(&fixture)
        return FailureTable(fixture.ledger)
    }

    @Test func rowsSayWhoseFailureItWasAndWhatWasSeen() throws {
        let table = table()
        #expect(table.completedSessions == 23 && table.failedSessions == 3)
        #expect(table.rows.map(\.party) == [.target, .simulation] && table.rows.map(\.count) == [2, 1])
        let row = try #require(table.rows.first)
        #expect(row.reason == .target5xx && row.status == 500 && row.goal == "buy")
        #expect(row.place == "POST /order 500" && row.share == 2.0 / 23)
        let first = LedgerFixture(agents: [10]).timeline(0).holdStart.micros / 1_000_000
        #expect(row.seconds == first + 2...first + 7, "the ramp's failures are not the hold's")
        #expect(table.count(of: .target) == 2 && table.share(of: .simulation) == 1.0 / 23)
        #expect(table.parties.map(\.party) == [.target, .simulation] && table.rows(of: .harness).isEmpty)
    }

    @Test func theExemplarIsTheLikest() throws {
        let table = table { fixture in
            fixture.ledger.exemplars.add(exemplar("other", "GET /cart", 500))
            fixture.ledger.exemplars.add(exemplar("same", "POST /order", 500))
            fixture.ledger.exemplars.add(exemplar("later", "POST /order", 500))
        }
        #expect(table.rows.first?.exemplar?.traceID == "same" && table.rows.last?.exemplar == nil)
    }

    @Test func whatNoLabelTellsOfHasItsReason() {
        let fixture = healthyRun(agents: [10]) { window, _, _ in
            window.counters[.sessionsFailed(.inference5xx)] = 2
        }
        let row = FailureTable(fixture.ledger).rows.first
        #expect(row?.party == .inference && row?.count == 40)
        #expect(row?.goal == nil && row?.place == nil && row?.seconds == nil)
    }

    @Test func nothingFailedIsAnEmptyTable() {
        let table = FailureTable(healthyRun(agents: [10]).ledger)
        #expect(table.rows.isEmpty && table.parties.isEmpty && table.share(of: .target) == 0)
        #expect(FailureTable(LedgerFixture(agents: []).ledger).share(of: .target) == nil)
    }

    @Test func labelsWithoutEndKeepTheirNumberAndLoseTheirTimes() {
        var spans = FailureSpans()
        for number in 0...FailureSpans.maximumLabels { spans.note("\(number)", second: 5) }
        #expect(spans["0"] == 5...5 && spans["\(FailureSpans.maximumLabels)"] == nil)
        spans.note("0", second: 3)
        #expect(spans["0"] == 3...5)
    }
}
