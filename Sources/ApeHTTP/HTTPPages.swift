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

    /// Why a method cannot be had of a path; nil where it can, or where there is no such page.
    func refusal(of method: String, _ path: String) -> HTTPAnswer? {
        let endpoints = HTTPEndpoint.common + (state.withLock { $0.site }?.endpoints ?? [])
        let methods = Set(endpoints.filter { $0.matches(path) }.map(\.method))
        let allowed = methods.isEmpty ? [.get] : methods
        if allowed.contains(.get), method == "GET" || method == "HEAD" { return nil }
        if let known = HTTPEndpoint.Method(rawValue: method), allowed.contains(known) { return nil }
        if methods.isEmpty, method == "POST" { return Self.notFound }
        let names = (allowed.contains(.get) ? ["GET", "HEAD"] : []) + (allowed.contains(.post) ? ["POST"] : [])
        let message = "This page takes \(names.joined(separator: ", ")) alone"
        return .error(405, "method_not_allowed", message).adding("Allow", names.joined(separator: ", "))
    }

    /// The answer to a request that is not refused.
    func answer(_ request: HTTPRequest) async -> HTTPAnswer {
        let site = state.withLock { $0.site }
        switch request.path {
        case "/healthz": return .json(["status": "ok"])
        case "/readyz":
            guard let site else { break }
            if let reason = await site.notReadyReason() { return .error(503, "not_ready", reason) }
            return .json(["status": "ready"])
        default: break
        }
        guard let site else { return .error(503, "not_ready", "starting") }
        let (now, key) = (ContinuousClock.now, Self.key(of: request))
        if let key, let kept = state.withLock({ $0.kept[key] }), now < kept.until { return kept.answer }
        guard let answer = await site.answer(request) else {
            return request.path == "/" ? index(site) : Self.notFound
        }
        if let key, answer.status == 200 { keep(answer, of: key, now: now) }
        return answer
    }

    private static let notFound = HTTPAnswer.error(
        404,
        "not_found",
        "There is no such page; GET / leads to those that there are"
    )

    /// What one who may not control the program sees is the same for all that ask for the same.
    private static func key(of request: HTTPRequest) -> String? {
        guard request.method == "GET", !request.mayControl, request.lastEventID == nil else { return nil }
        let query = request.query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return ([request.path, request.accept ?? ""] + query).joined(separator: "\n")
    }

    private func keep(_ answer: HTTPAnswer, of key: String, now: ContinuousClock.Instant) {
        // A stream is one reader's.
        if case .events = answer.body { return }
        state.withLock { state in
            if state.kept.count >= Self.maximumKept { state.kept = state.kept.filter { now < $0.value.until } }
            guard state.kept.count < Self.maximumKept || state.kept[key] != nil else { return }
            state.kept[key] = (answer, now + Self.freshness)
        }
    }

    /// The list of all pages.
    private func index(_ site: any HTTPSite) -> HTTPAnswer {
        let lines = (HTTPEndpoint.common + site.endpoints).map { "  \($0.method.rawValue) \($0.path)  \($0.summary)\n" }
        let text = "\(program) \(ApeVersion.text)\n\n" + lines.joined()
        return HTTPAnswer(contentType: "text/plain; charset=utf-8", body: text)
    }
}
