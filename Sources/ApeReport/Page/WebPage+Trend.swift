import ApeCore
import ApeRun

extension WebPage {
    /// How the runs of a scenario went from one to the next, as `ape-test history --trend` draws it.
    ///
    /// - Parameters:
    ///   - trend: the runs.
    ///   - scenarios: the names of all scenarios that can be chosen.
    ///   - hasRun: whether there is a run that goes on, at `/`.
    /// - Returns: the page.
    package static func trend(_ trend: RunTrend, scenarios: [String], hasRun: Bool) -> WebPage {
        let page = TrendPage(trend)
        let choices = scenarios.map { name -> Markup in
            let mark: Markup = name == trend.scenarioName ? " selected" : ""
            return "<option value=\"\(name)\"\(mark)>\(name)</option>"
        }
        let form: Markup = """
            <form class="choice" action="/trend"><label for="scenario">Scenario</label>
            <select id="scenario" name="scenario">\(choices)</select><button class="do">Show</button></form>
            """
        return WebPage(
            title: "APE: trend of \(trend.scenarioName)",
            path: "/trend",
            hasRun: hasRun,
            head: page.head,
            content: scenarios.count > 1 ? "\(form)\(page.content)" : page.content,
            foot: page.foot
        )
    }
}
