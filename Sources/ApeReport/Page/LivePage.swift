import ApeCore
import ApeMetrics
import ApeRun

/// The page of a run that goes on: what it is like now, and its report as it grows.
package struct LivePage: Sendable {
    /// Events that the log has.
    private static let maximumEvents = 50
    /// Series that can be chosen.
    private static let maximumSeries = 600

    package let report: RunReport
    /// nil for a run that has ended.
    package let live: LiveRun?
    /// Whether the fleet's number of agents can be changed.
    private let isScalable: Bool

    /// - Parameters:
    ///   - report: the report as it would be now, or the last one.
    ///   - live: the run as it is now; nil where it has ended.
    package init(_ report: RunReport, _ live: LiveRun?) {
        (self.report, self.live) = (report, live)
        isScalable = report.ledger.plan.stages.last?.isOpen == true
    }

    /// What changes in the page, in its order: first what the run is like now. Of a run that has ended it is the report's
    /// parts alone, and what the run was like last stands.
    package var parts: [HTMLPart] {
        let document = HTMLReport(report)
        let now = live.map { [HTMLPart("now", tiles($0)), HTMLPart("strip", strip($0))] } ?? []
        return now + [HTMLPart("log", log), HTMLPart(HTMLReport.headID, document.head)] + document.parts
    }

    /// The names of the series that have been measured.
    package var series: [String] {
        let names = report.tables.whole.series.filter { !$0.value.isEmpty }.map { PlainText.line($0.key.rawValue) }
        return Array(names.sorted().prefix(Self.maximumSeries))
    }

    /// How a series is spread over the whole run; nil for one that was not measured.
    package func distribution(ofSeries name: String) -> String? {
        let found = report.tables.whole.series.first { PlainText.line($0.key.rawValue) == name && !$0.value.isEmpty }
        return found.map { HTMLReport(report).histogram(PlainText.line($0.key.rawValue), $0.value, colour: 2).html }
    }

    /// What stands above all, and is read out when it changes.
    package var status: String {
        guard let live else { return "The run has ended: \(report.headline). \(report.exitSentence)" }
        guard let phase = live.phase else { return "The run is starting." }
        let place = (live.plan.current ?? 0) + 1
        let stage = live.currentStage.map { "stage \(place) of \(live.plan.count), \($0.name), " } ?? ""
        let pause = live.isPaused ? "Paused: " : "Running: "
        return pause + stage + phase.sentence + "."
    }

    /// The page as it is loaded.
    ///
    /// - Parameters:
    ///   - parts: those that readers of the page have.
    ///   - version: what tells of which parts these are.
    ///   - mayControl: whether its reader may control the run.
    /// - Returns: the page.
    package func document(_ parts: [HTMLPart], version: String, mayControl: Bool) -> WebPage {
        let heads = Set(["now", "strip", "log", HTMLReport.headID])
        let all = Dictionary(parts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        func part(_ id: String) -> Markup { Markup(html: all[id]?.html ?? "") }
        let rest = parts.filter { !heads.contains($0.id) }.map(\.container)
        let choices = series.map { name -> Markup in "<option value=\"\(name)\">\(name)</option>" }
        let content: Markup = """
            <p id="status" class="status" role="status" aria-live="polite">\(status)</p>
            <section aria-labelledby="now-title"><h2 id="now-title">Now</h2>
            <div class="part" id="now">\(part("now"))</div>
            <div class="part" id="strip">\(part("strip"))</div></section>
            \(mayControl ? Self.control : Self.readOnly)
            <section aria-labelledby="log-title"><h2 id="log-title">Log</h2>
            <div class="part" id="log">\(part("log"))</div></section>
            \(Markup(joining: rest))
            <section aria-labelledby="series-title"><h2 id="series-title">Distribution of a series</h2>
            <div class="choice"><label for="series-choice">Series</label>
            <select id="series-choice">\(choices)</select></div>
            <div class="part" id="series-picture"></div></section>
            """
        return WebPage(
            title: "APE: \(report.run.scenarioName)",
            path: "/",
            hasRun: true,
            scripts: ["live.js"] + (mayControl ? ["control.js"] : []),
            data: [("run", report.run.id), ("version", version)],
            head: part(HTMLReport.headID),
            content: content,
            foot: HTMLReport(report).foot
        )
    }

    private static let readOnly: Markup = """
        <p class="muted">Read only: to stop, scale or pause the run, open the link that the coordinator printed.</p>
        """

    private static let control: Markup = """
        <section id="control" aria-labelledby="control-title"><h2 id="control-title">Control</h2>
        <div class="controls"><button class="do" type="button" data-command="pause">Pause…</button>
        <button class="do" type="button" data-command="resume" hidden>Resume…</button>
        <button class="do" type="button" data-command="scale" hidden>Scale…</button>
        <button class="do grave" type="button" data-command="stop">Stop…</button></div>
        <p id="control-note" class="muted"></p>
        <dialog id="confirm" aria-labelledby="confirm-title" aria-describedby="confirm-text"><form method="dialog">
        <h2 id="confirm-title">Stop the run?</h2><p id="confirm-text"></p>
        <p id="confirm-number" hidden><label>Agents <input id="confirm-agents" type="number" min="1" step="1" required \
        disabled></label></p>
        <div class="controls"><button class="do" id="confirm-yes" value="yes">Stop</button>
        <button class="do" value="no" formnovalidate>Leave it as it is</button></div></form></dialog></section>
        """

    private var log: Markup {
        let events = report.ledger.events.suffix(Self.maximumEvents).reversed()
        guard !events.isEmpty else { return "<p class=\"muted\">Nothing has happened to the fleet.</p>" }
        let rows = events.map { event -> Markup in
            let stamp = Timestamp.text(event.at)
            let time = String(stamp.dropFirst(11).prefix(8))
            return "<li><time datetime=\"\(stamp)\">\(time)</time>\(event.message)</li>"
        }
        return """
            <div class="log" tabindex="0" role="region" aria-label="What happened to the fleet, the newest first"><ol>\
            \(Markup(joining: rows))</ol></div>
            """
    }

    private func tiles(_ live: LiveRun) -> Markup { LiveTiles(live: live, isScalable: isScalable).markup }

    private func strip(_ live: LiveRun) -> Markup { StageStrip(live: live).markup }
}
