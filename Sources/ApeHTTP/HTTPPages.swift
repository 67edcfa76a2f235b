import ApeCore
import Synchronization

/// All pages of a program: its site's, and those that every program has. A page that was made a moment ago is shown
/// again, so that no number of readers costs a run more than a few pages a second.
final class HTTPPages: Sendable {
    /// How long a page is shown again.
    static let freshness: Duration = .milliseconds(500)
    /// Pages that are kept; further ones are made anew each time.
    static let maximumKept = 16

    private struct State {
        var site: (any HTTPSite)?
        var kept: [String: (answer: HTTPAnswer, until: ContinuousClock.Instant)] = [:]
    }

    private let program: String
    private let state = Mutex(State())

    /// - Parameter program: the program's name, for its readers.
    init(program: String) {
        self.program = program
    }

    /// From now on there is something to show.
    func show(_ site: any HTTPSite) {
        state.withLock { $0.site = site }
    }

    /// The answer to a request.
    func answer(method: String, path: String) async -> HTTPAnswer {
        guard method == "GET" || method == "HEAD" else {
            return .error(405, "method_not_allowed", "Everything here is read only: ask with GET")
        }
        let site = state.withLock { $0.site }
        switch path {
        case "/healthz": return .json(["status": "ok"])
        case "/readyz":
            guard let site else { break }
            if let reason = await site.notReadyReason() { return .error(503, "not_ready", reason) }
            return .json(["status": "ready"])
        default: break
        }
        guard let site else { return .error(503, "not_ready", "starting") }
        if path == "/" { return index(site) }
        let now = ContinuousClock.now
        if let kept = state.withLock({ $0.kept[path] }), now < kept.until { return kept.answer }
        guard let answer = await site.answer(path) else {
            return .error(404, "not_found", "There is no such page; GET / lists those that there are")
        }
        if answer.status == 200 { keep(answer, of: path, now: now) }
        return answer
    }

    private func keep(_ answer: HTTPAnswer, of path: String, now: ContinuousClock.Instant) {
        state.withLock { state in
            if state.kept.count >= Self.maximumKept { state.kept = state.kept.filter { now < $0.value.until } }
            guard state.kept.count < Self.maximumKept || state.kept[path] != nil else { return }
            state.kept[path] = (answer, now + Self.freshness)
        }
    }

    /// The list of all pages.
    private func index(_ site: any HTTPSite) -> HTTPAnswer {
        let lines = (HTTPEndpoint.common + site.endpoints).map { "  GET \($0.path)  \($0.summary)\n" }
        let text = "\(program) \(ApeVersion.text)\n\n" + lines.joined()
        return HTTPAnswer(contentType: "text/plain; charset=utf-8", body: text)
    }
}
