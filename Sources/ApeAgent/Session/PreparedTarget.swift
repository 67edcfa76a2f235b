import ApeCore
import ApeInference
import ApeMetrics
import ApeTransfer

/// What all requests to one target share, made once.
struct PreparedTarget: Sendable {
    let name: String
    let peer: PeerNames
    let baseURL: String
    /// ``baseURL`` taken apart, to know what leads to this target; nil for one that is no URL.
    let place: URLParts?
    /// The limits and the transport's options; method, URL, headers and body are each request's own.
    let request: TransferRequest
    let headers: [(name: String, value: Template)]
    /// By which a request is counted, and what is known of its endpoint.
    let routes: RouteTable

    /// - Parameters:
    ///   - target: the target.
    ///   - index: its place among the scenario's targets.
    ///   - scenario: what is tested.
    ///   - gate: asked before every connection; nil lets everything through.
    init(_ target: Scenario.Target, index: Int, of scenario: Scenario, gate: TransferGate?) {
        name = target.name
        peer = PeerNames(target.name, index: index)
        baseURL = target.baseURL
        place = URLParts(target.baseURL)
        headers = target.headers.map { ($0.name, Template($0.value)) }
        routes = scenario.routes(of: target)
        var request = TransferRequest(to: target)
        let limits = scenario.limits
        request.connectTimeoutMicros = limits.connectTimeoutMicros
        request.firstByteTimeoutMicros = limits.firstByteTimeoutMicros
        request.totalTimeoutMicros = limits.totalTimeoutMicros
        request.maxRedirects = limits.redirects
        request.bodyLimit = limits.responseBytes
        request.gate = gate
        self.request = request
    }
}
