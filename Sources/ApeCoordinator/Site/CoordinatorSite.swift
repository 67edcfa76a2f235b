import ApeCore
import ApeHTTP
import ApeReport
import ApeStore

/// What a coordinator shows over HTTP while its run goes on, and what it takes from those who may control that.
struct CoordinatorSite: HTTPSite {
    /// Runs of the results directory that are listed.
    static let maximumRuns = 100

    static let endpoints = [
        HTTPEndpoint("/metrics", "the run for Prometheus"),
        HTTPEndpoint("/api/v1/openapi.json", "what the API takes and answers"),
        HTTPEndpoint("/api/v1/runs", "the latest runs of the results directory"),
        HTTPEndpoint("/api/v1/runs/{id}", "one run"),
        HTTPEndpoint("/api/v1/runs/{id}/report", "its report, in any format"),
        HTTPEndpoint("/api/v1/runs/{id}/events", "what happened to its fleet"),
        HTTPEndpoint("/api/v1/runs/{id}/live", "the run that goes on, once a second"),
        HTTPEndpoint("/api/v1/workers", "the workers of the run that goes on"),
        HTTPEndpoint(.post, "/api/v1/runs/{id}/stop", "end the run as if its plan had"),
        HTTPEndpoint(.post, "/api/v1/runs/{id}/scale", "go to another number of agents"),
        HTTPEndpoint(.post, "/api/v1/runs/{id}/pause", "let agents finish what they are at, and stand still"),
        HTTPEndpoint(.post, "/api/v1/runs/{id}/resume", "go on after a pause"),
        HTTPEndpoint("/open", "lets a browser control the run, by a link that is good once"),
    ]

    var endpoints: [HTTPEndpoint] { Self.endpoints + CoordinatorPages.endpoints }

    let results: String
    let store: RunStore
    let loop: CoordinatorLoop
    let pages: CoordinatorPages
    let feed: LiveFeed
    /// Reports that are made at once.
    let slots: StreamSlots

    init(results: String, store: RunStore, loop: CoordinatorLoop, pages: CoordinatorPages) {
        self.results = results
        self.store = store
        self.loop = loop
        self.pages = pages
        feed = LiveFeed(loop)
        slots = StreamSlots(limit: 2)
    }

    func notReadyReason() async -> String? {
        await loop.outcome == nil ? nil : "the run has ended"
    }

    func answer(_ request: HTTPRequest) async -> HTTPAnswer? {
        let path = request.path
        if request.method == "POST" { return await obey(request) }
        if let page = await pages.answer(request) { return page }
        switch path {
        case "/metrics": return HTTPAnswer(contentType: Exposition.contentType, body: await loop.snapshot.metrics)
        case "/api/v1/workers": return .json(await loop.snapshot.workersJSON)
        case "/api/v1/openapi.json": return .json(OpenAPI.document)
        case "/api/v1/runs": return await runs(request.query)
        default: break
        }
        let parts = path.split(separator: "/").map(String.init)
        guard parts.prefix(3) == ["api", "v1", "runs"], (4...5).contains(parts.count) else { return nil }
        guard parts.count == 5 else { return await run(parts[3]) }
        switch parts[4] {
        case "report": return await report(ofRun: parts[3], request.query)
        case "events": return await events(ofRun: parts[3])
        case "live": return await live(parts[3], request.accept)
        default: return nil
        }
    }

    private func run(_ id: String) async -> HTTPAnswer {
        let snapshot = await loop.snapshot
        if id == snapshot.run {
            var members = snapshot.json.object ?? [:]
            members["live"] = await loop.live.json
            return .json(.object(members))
        }
        return await withRuns { runs in runs.first { $0.id == id }.map { .json(json($0)) } ?? .unknownRun(id) }
    }

    /// The runs of the results directory, the newest first: so many of them, those before one.
    private func runs(_ query: [String: String]) async -> HTTPAnswer {
        let limit = query["limit"].map { Int($0) } ?? Self.maximumRuns
        guard let limit, (1...Self.maximumRuns).contains(limit) else {
            return .error(400, "invalid", "limit is not between 1 and \(Self.maximumRuns)")
        }
        return await withRuns { all in
            var rest = all[...]
            if let before = query["before"] {
                guard let place = all.firstIndex(where: { $0.id == before }) else { return .unknownRun(before) }
                rest = all[(place + 1)...]
            }
            return .json([
                "runs": .array(rest.prefix(limit).map(json)),
                "before": rest.count > limit ? .string(rest.prefix(limit).last?.id ?? "") : .null,
            ])
        }
    }

    /// The run that goes on, as events or as lines.
    private func live(_ id: String, _ accept: String?) async -> HTTPAnswer {
        guard id == loop.configuration.runID else { return await refusal(ofRun: id) }
        let isLines = accept?.contains("application/x-ndjson") == true
        let type = isLines ? "application/x-ndjson" : "text/event-stream"
        return HTTPAnswer(contentType: type, body: .events(feed.events()))
    }

    private func withRuns(_ body: ([RunSummary]) -> HTTPAnswer) async -> HTTPAnswer {
        do {
            return body(try await store.history())
        } catch {
            return .error(503, "store", "The runs cannot be read now: \(error)")
        }
    }

    private func json(_ run: RunSummary) -> JSONValue {
        run.json(isRunning: run.outcome == nil && RunClaim.isHeld(run: run.id, results: results))
    }
}
