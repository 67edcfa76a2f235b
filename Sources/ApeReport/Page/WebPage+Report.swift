import ApeCore
import ApeRun

extension WebPage {
    /// The report of a run that is stored.
    ///
    /// - Parameters:
    ///   - report: the run's.
    ///   - hasRun: whether there is a run that goes on, at `/`.
    /// - Returns: the page.
    package static func report(_ report: RunReport, hasRun: Bool) -> WebPage {
        let document = HTMLReport(report)
        return WebPage(
            title: "APE: \(report.headline), \(report.run.scenarioName)",
            hasRun: hasRun,
            head: document.head,
            content: Markup(joining: document.parts.filter { !$0.html.isEmpty }.map(\.container)),
            foot: document.foot
        )
    }
}
