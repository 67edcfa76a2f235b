import ApeCore
import ApeFleet
import ApeProgram
import ApeReport

/// Shows a run that goes on to whoever watches it.
///
/// On a terminal that is a dashboard, from the moment on at which workers are there; elsewhere a line now and then.
struct LiveDisplay: Sendable {
    /// Seconds between two lines where no terminal is.
    static let plainPeriodSeconds: Int64 = 10
    /// For how long a link is shown: no longer than it is good.
    private static let linkSeconds: Int64 = 540

    private let view: LiveView
    /// nil where no terminal is.
    private let screen: TerminalScreen?
    /// Whether lines are written beside the dashboard, for a log.
    private let writesLines: Bool
    /// The run's page, without a trailing slash; nil where it has none.
    private var page: String?
    /// A link by which a browser can control the run, for as long as it is good.
    private var link: String?
    private var lines = LivePace(periodSeconds: Self.plainPeriodSeconds)
    private var objects = LivePace(periodSeconds: 1)

    /// - Parameters:
    ///   - view: what is asked for.
    ///   - isStanding: whether the fleet stands until it is stopped: standard error is its log then.
    init(_ view: LiveView, isStanding: Bool) {
        self.view = view
        screen = view == .people ? isStanding ? StandardOutput.screen : StandardError.screen : nil
        writesLines = view == .people && (screen == nil || isStanding)
    }

    /// Names where else the run can be seen.
    ///
    /// - Parameters:
    ///   - page: its page.
    ///   - link: to control it, good for a while.
    mutating func show(page: String, link: String?) {
        self.page = page
        self.link = link
    }

    /// Shows a moment where one is due.
    ///
    /// - Parameters:
    ///   - progress: how the fleet goes.
    ///   - live: the moment; asked for only where it is shown.
    mutating func update(_ progress: Progress, _ live: @autoclosure () -> LiveRun) {
        // A run that ends before its first stage has nothing to wait for.
        if progress.phase == .finishing, progress.stage == nil { return }
        if view == .objects, objects.isDue(progress) { StandardOutput.write("\(live().json.plain.text)\n") }
        let isGathered = progress.phase != .gathering
        if let screen, isGathered { show(live(), on: screen) }
        if writesLines || screen != nil && !isGathered, lines.isDue(progress) {
            StandardError.write("\(LiveSentence(live()).text)\n")
        }
    }

    /// Shows a moment again where the terminal's size has changed.
    func fit(_ live: @autoclosure () -> LiveRun) {
        if let screen, screen.isResized { show(live(), on: screen) }
    }

    /// Whether there is a terminal whose size may change.
    var hasScreen: Bool { screen != nil }

    /// Tells of something that happened; trouble is told whatever is asked for.
    func tell(_ message: String, level: Level) {
        if view == .people || level == .warning || level == .error { StandardError.write("\(message)\n") }
    }

    /// Gives the terminal back.
    func end() { screen?.leave() }

    private func show(_ live: LiveRun, on screen: TerminalScreen) {
        let link = live.elapsedSeconds < Self.linkSeconds ? link.map { ["control it once: \($0)", $0] } ?? [] : []
        let pages = link + (page.map { [$0] } ?? [])
        screen.show { size in
            LiveDashboard(
                live,
                columns: size.columns,
                rows: size.rows,
                isColoured: screen.wantsColour,
                pages: pages
            ).lines
        }
    }
}
