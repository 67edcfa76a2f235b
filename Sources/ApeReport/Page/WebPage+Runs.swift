import ApeCore
import ApeMetrics
import ApeRun

extension WebPage {
    /// A run in the list of runs.
    package struct Run: Sendable {
        package var id: String
        package var startMicros: Int64
        package var endMicros: Int64?
        package var scenario: String
        /// How it ended, in a word or two.
        package var state: String
        /// What its verdict is painted as; nil for none.
        package var status: Verdict.Status?
        package var agents: Int
        package var workers: Int
        /// What the targets that it exercised came to.
        package var figures: [(target: KPITarget, measured: Double, status: Verdict.Status?)]

        package init(
            id: String,
            startMicros: Int64,
            endMicros: Int64?,
            scenario: String,
            state: String,
            status: Verdict.Status?,
            agents: Int,
            workers: Int,
            figures: [(target: KPITarget, measured: Double, status: Verdict.Status?)]
        ) {
            (self.id, self.startMicros, self.endMicros, self.scenario) = (id, startMicros, endMicros, scenario)
            (self.state, self.status, self.agents, self.workers) = (state, status, agents, workers)
            self.figures = figures
        }
    }

    /// The figures that the list has: those of the critical targets that most runs exercise.
    private static let shown: [(title: String, keys: [KPIKey])] = [
        ("MTBA", [.mtbaThreshold, .mtbaHighLoad]), ("TTFT", [.cognitiveLatencyTTFT]),
        ("Sessions good", [.successfulStatefulSessions]),
    ]

    /// The runs of a results directory, of which two can be chosen to be compared.
    ///
    /// - Parameters:
    ///   - runs: the latest first.
    ///   - left: how many more there are that the list leaves out.
    ///   - results: the directory.
    ///   - hasRun: whether there is a run that goes on, at `/`.
    /// - Returns: the page.
    package static func runs(_ runs: [Run], leavingOut left: Int, results: String, hasRun: Bool) -> WebPage {
        let columns =
            ["Began (UTC)", "Base", "Compared", "Run", "Scenario", "Outcome"].map { HTMLTable.Column(title: $0) }
            + (["Lasted", "Agents", "Workers"] + shown.map(\.title)).map { .init(title: $0, isNumeric: true) }
        let rows = runs.enumerated().map { index, run in cells(run, isBase: index == 1, isCompared: index == 0) }
        let table = HTMLTable(label: "Runs", columns: columns, rows: rows).markup
        let button: Markup = runs.count > 1 ? "<p><button class=\"do\">Compare the two</button></p>" : .empty
        let more: Markup = left > 0 ? "<p class=\"muted\">\(left.counting("earlier run")) are not listed.</p>" : .empty
        let empty: Markup = "<p>There are no runs yet: <code>ape-test validate</code> makes one.</p>"
        return WebPage(
            title: "APE: runs",
            path: "/runs",
            hasRun: hasRun,
            head: "<h1>Runs</h1><p class=\"muted\">Of the directory \(results), the latest first.</p>",
            content: runs.isEmpty ? empty : "<form action=\"/compare\">\(table)\(button)</form>\(more)"
        )
    }

    private static func cells(_ run: Run, isBase: Bool, isCompared: Bool) -> [HTMLTable.Cell] {
        let when = String(Timestamp.text(micros: run.startMicros).prefix(19)).replacing("T", with: " ")
        let length = run.endMicros.map { max(0, $0.subtractingClamped(run.startMicros)) }
        let state: Markup =
            run.status.map { "<span class=\"chip \($0.styleName)\">\(run.state)</span>" } ?? "\(run.state)"
        let link: Markup = "<a href=\"/runs/\(run.id)\"><code>\(String(run.id.prefix(8)))</code></a>"
        return [
            HTMLTable.Cell(when, Double(run.startMicros)), radio("a", run, isChosen: isBase, "as the base"),
            radio("b", run, isChosen: isCompared, "as what is compared"),
            HTMLTable.Cell(link), HTMLTable.Cell(run.scenario), HTMLTable.Cell(state),
            HTMLTable.Cell(length.map { Figures.moment(Double($0) / 1e6) } ?? "–", length.map(Double.init)),
            HTMLTable.Cell(Figures.count(Int64(run.agents)), Double(run.agents)),
            HTMLTable.Cell("\(run.workers)", Double(run.workers)),
        ] + shown.map { figure(run, $0.keys) }
    }

    /// The last of the figures that the run has.
    private static func figure(_ run: Run, _ keys: [KPIKey]) -> HTMLTable.Cell {
        guard let figure = run.figures.last(where: { keys.contains($0.target.key) }) else { return .init("–", nil) }
        return .init(figure.target.amount(figure.measured), figure.measured)
    }

    private static func radio(_ name: String, _ run: Run, isChosen: Bool, _ words: String) -> HTMLTable.Cell {
        let mark: Markup = isChosen ? " checked" : ""
        let label = "Run \(run.id.prefix(8)) \(words)"
        return .init(
            "<input type=\"radio\" name=\"\(name)\" value=\"\(run.id)\" aria-label=\"\(label)\"\(mark)>" as Markup
        )
    }
}
