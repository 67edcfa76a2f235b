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
        HTTPEndpoint("/api/v1/runs", "the latest runs of the results directory"),
        HTTPEndpoint("/api/v1/runs/{id}", "one run"),
        HTTPEndpoint("/api/v1/workers", "the workers of the run that goes on"),
        HTTPEndpoint(.post, "/api/v1/runs/{id}/stop", "end the run as if its plan had"),
        HTTPEndpoint(.post, "/api/v1/runs/{id}/scale", "go to another number of agents"),
        HTTPEndpoint("/open", "lets a browser control the run, by a link that is good once"),
    ]

    var endpoints: [HTTPEndpoint] { Self.endpoints + CoordinatorPages.endpoints }

    let results: String
    let store: RunStore
    let loop: CoordinatorLoop
    let pages: CoordinatorPages

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
        case "/api/v1/runs": return await withRuns { .json(["runs": .array($0.prefix(Self.maximumRuns).map(json))]) }
        default: break
        }
        let prefix = "/api/v1/runs/"
        guard path.hasPrefix(prefix) else { return nil }
        let id = String(path.dropFirst(prefix.count))
        let snapshot = await loop.snapshot
        if id == snapshot.run {
            var members = snapshot.json.object ?? [:]
            members["live"] = await loop.live.json
            return .json(.object(members))
        }
        return await withRuns { runs in
            runs.first { $0.id == id }.map { .json(json($0)) }
                ?? .error(404, "not_found", "There is no run \(id); GET /api/v1/runs lists those that there are")
        }
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
