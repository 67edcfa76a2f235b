import ApeHTTP
import ApeMetrics

/// What a worker shows over HTTP: its own process, and what its agents did since it began.
struct WorkerSite: HTTPSite {
    static let endpoints = [HTTPEndpoint("/metrics", "this worker for Prometheus")]

    var endpoints: [HTTPEndpoint] { Self.endpoints }

    let loop: WorkerLoop

    func notReadyReason() async -> String? {
        await loop.snapshot.gauges.isConnected ? nil : "there is no connection to the coordinator"
    }

    func answer(_ request: HTTPRequest) async -> HTTPAnswer? {
        guard request.path == "/metrics" else { return nil }
        return HTTPAnswer(contentType: Exposition.contentType, body: await loop.snapshot.metrics)
    }
}

/// A worker at one moment.
struct WorkerSnapshot: Sendable {
    var gauges: WorkerGauges
    /// Windows that the process has measured.
    var windows: Int64
    /// Windows of these that the coordinator is not known to have.
    var unacknowledged: Int
    var measures: Measures

    /// The page for Prometheus.
    var metrics: String {
        var page = Exposition()
        page.add([gauges])
        page.add(.windowsMade, at: [gauges.name], windows)
        page.add(.windowsUnacknowledged, at: [gauges.name], Int64(unacknowledged))
        page.add([measures])
        return page.text
    }
}
