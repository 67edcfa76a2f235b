import ApeMetrics
@testable import ApeReport
import ApeRun
import Testing

/// Kept sessions on the report's page.
@Suite struct TraceMarkupTests {
    private static func html(_ exemplar: ExemplarSession) -> String {
        let report = ReportFixture.report()
        var ledger = report.ledger
        ledger.exemplars = RunLedger(plan: ledger.plan, thresholds: []).exemplars
        ledger.exemplars.add(exemplar)
        return HTMLReport(RunReport(run: report.run, ledger: ledger, verdict: report.verdict)).exemplarsSection.html
    }

    @Test func aFailedSessionIsDrawnAndToldInWords() {
        let html = Self.html(OTLPEncodingTests.failed)
        #expect(html.contains("Failed sessions, step by step") && !html.contains("Successful sessions"))
        #expect(html.contains(#"id="trace-0af7651916cd43dd8448eb211c80319c""#))
        #expect(html.contains("buy: failed (target_5xx) after 900 ms"))
        #expect(html.contains(#"<span class="chip fail">503 ×3</span>"#))
        #expect(html.contains("~812→41 (512 cached) tokens") && html.contains("first token 120 ms"))
        #expect(html.contains(#"<rect class="area s4" x="0.0" y="0" width="133.3" height="10"></rect>"#))
        #expect(html.contains(#"<rect class="area s1" x="133.3" y="0" width="200.0" height="10"></rect>"#))
        #expect(html.contains(#"<rect class="lost" x="344.4" y="0" width="655.6" height="10"></rect>"#))
        #expect(!html.contains("style="), "a page that allows no style of its own shows it too")
    }

    @Test func aSuccessfulSessionStandsApartAndHostileTextIsText() {
        var exemplar = OTLPEncodingTests.failed
        exemplar.reason = WorkerEvent.sessionSucceeded
        exemplar.session.failedCheck = nil
        exemplar.session.goal = "<script>alert(1)</script>"
        exemplar.traceID = "\"><b>"
        let html = Self.html(exemplar)
        #expect(html.contains("Successful sessions, step by step") && !html.contains("Failed sessions"))
        #expect(!html.contains("<script>") && !html.contains("<b>"))
    }
}
