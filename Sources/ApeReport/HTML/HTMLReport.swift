import ApeCore
import ApeMetrics
import ApeRun

/// The report as one HTML file that needs nothing beside itself: no network, no other file.
struct HTMLReport: Sendable {
    /// Nothing is loaded, sent or framed, whatever a name from outside might try.
    static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

    let report: RunReport

    init(_ report: RunReport) {
        self.report = report
    }

    /// The whole document.
    var text: String {
        let title = "APE: \(report.headline), \(report.run.scenarioName)"
        let page: Markup = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="APE \(report.run.apeVersion)">
            <title>\(title)</title>
            <style>\(Markup(stringLiteral: Stylesheet.text))</style></head>
            <body>
            <header class="part" id="\(Self.headID)">
            \(head)
            </header>
            <main>
            \(Markup(joining: parts.filter { !$0.html.isEmpty }.map(\.container)))
            </main>
            <footer>\(foot)</footer>
            <script>\(Markup(stringLiteral: SortScript.text + SortScript.start))</script>
            </body></html>

            """
        return page.html
    }

    /// The sections, each under its name in the page; those with nothing to show are empty.
    var parts: [HTMLPart] {
        [
            HTMLPart("targets", targetsSection),
            HTMLPart("thresholds", thresholdsSection),
            HTMLPart("capacity", capacitySection),
            HTMLPart("comparison", comparisonSection),
            HTMLPart("advice", recommendationsSection),
            HTMLPart("time", timeSection),
            HTMLPart("over-time", overTimeSection),
            HTMLPart("servers", serversSection),
            HTMLPart("distributions", distributionsSection),
            HTMLPart("scaling", scalingSection),
            HTMLPart("stages", stagesSection),
            HTMLPart("arrivals", arrivalsSection),
            HTMLPart("goals", goalsSection),
            HTMLPart("tokens", tokensSection),
            HTMLPart("routes", routesSection),
            HTMLPart("streams", streamsSection),
            HTMLPart("connections", connectionsSection),
            HTMLPart("failures", failuresSection),
            HTMLPart("exemplars", exemplarsSection),
            HTMLPart("workers", workersSection),
            HTMLPart("completeness", completenessSection),
            HTMLPart("events", eventsSection),
        ]
    }

    /// What the run was, under which name it stands in a page.
    static let headID = "report-head"

    /// What stands beneath every report of the run.
    var foot: Markup {
        """
        <p>Run \(report.run.id), seed \(String(report.run.seed)), APE \(report.run.apeVersion). Percentiles are those of \
        all samples of the fleet, by nearest rank; only samples of holds are judged.</p>
        """
    }

    /// The run's name, its seal and what it came to.
    var head: Markup {
        let kind = report.headlineStatus.styleName
        var reasons: [Markup] = []
        if let reason = report.outcomeReason { reasons.append("<p>\(reason)</p>") }
        return """
            <h1>\(report.run.scenarioName)</h1>
            <p class="muted">\(report.run.subject.sentence) \(report.when).</p>
            \(seal)
            <div class="banner \(kind)"><strong>\(report.headline)</strong>
            <p>\(report.exitSentence) \(report.counts).</p>\(reasons)</div>
            """
    }

    private var seal: Markup {
        Markup(joining: SealText(report).sentences.map { "<p class=\"muted seal\">\($0)</p>" })
    }

    private var recommendationsSection: Markup {
        let items = report.recommendations.map { text -> Markup in "<li>\(text)</li>" }
        return section("What to do", "<div class=\"card\"><ul>\(items)</ul></div>")
    }

    /// A part of the page under its heading; nothing where there is nothing to show.
    func section(_ title: String, _ content: Markup...) -> Markup {
        let content = content.filter { $0 != .empty }
        guard !content.isEmpty else { return .empty }
        return "<section><h2>\(title)</h2>\n\(Markup(joining: content))</section>"
    }

    func chip(_ row: TargetRow) -> Markup { chip(row.status, row.statusText) }

    func chip(_ status: Verdict.Status, _ words: String) -> Markup {
        "<span class=\"chip \(status.styleName)\">\(words.replacing("_", with: " "))</span>"
    }

    func seconds(_ micros: Double?) -> HTMLTable.Cell { HTMLTable.Cell(Figures.duration(micros), micros) }

    func seconds(_ micros: Int64?) -> HTMLTable.Cell { seconds(micros.map(Double.init)) }

    func count(_ number: Int64) -> HTMLTable.Cell { HTMLTable.Cell(Figures.count(number), Double(number)) }
}

extension Verdict.Status {
    /// Its name among the style classes.
    var styleName: String {
        switch self {
        case .pass: "pass"
        case .fail: "fail"
        case .inconclusive: "inconclusive"
        case .notExercised: "not-exercised"
        }
    }
}
