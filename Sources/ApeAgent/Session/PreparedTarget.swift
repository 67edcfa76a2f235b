import ApeCore
import ApeInference
import ApeTransfer

/// What all requests to one target share, made once.
struct PreparedTarget: Sendable {
    let name: String
    let baseURL: String
    /// The limits and the transport's options; method, URL, headers and body are each request's own.
    let request: TransferRequest
    let headers: [(name: String, value: Template)]
    private let routes: RouteTable

    init(_ target: Scenario.Target, limits: Scenario.Limits, gate: TransferGate?) {
        name = target.name
        baseURL = target.baseURL
        headers = target.headers.map { ($0.name, Template($0.value)) }
        routes = RouteTable(endpoints: target.endpoints)
        var request = TransferRequest(url: target.baseURL)
        request.connectTimeoutMicros = limits.connectTimeoutMicros
        request.firstByteTimeoutMicros = limits.firstByteTimeoutMicros
        request.totalTimeoutMicros = limits.totalTimeoutMicros
        request.maxRedirects = limits.redirects
        request.bodyLimit = limits.responseBytes
        request.httpVersion = target.httpVersion.transferVersion
        request.proxy = target.proxy
        request.caFile = target.caFile
        request.gate = gate
        self.request = request
    }

    /// The route under which a request is counted.
    func route(method: String, path: String) -> String {
        routes.route(method: method, path: path) ?? "\(method) (other)"
    }
}
