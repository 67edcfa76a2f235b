import ApeCore
import ApeTransfer

extension Scenario.Inference {
    /// Where requests go, with the query.
    package var requestURL: String { address(api.dialect.path(below: baseURL)) }

    /// Where an endpoint lists its models, if it does.
    package var modelsURL: String {
        let isVersioned = api != .messages || baseURL.hasSuffix("/v1")
        return address(isVersioned ? "/models" : "/v1/models")
    }

    private func address(_ path: String) -> String { baseURL + path + (urlQuery.map { "?\($0)" } ?? "") }

    /// What every request says of who asks: the key, what the API wants, and the scenario's own headers.
    package func accessHeaders(_ apiKey: Secret?) -> [TransferRequest.Header] {
        var headers: [TransferRequest.Header] = []
        if let key = apiKey?.revealed() {
            let name = apiKeyHeader ?? api.dialect.keyHeader
            headers.append((name, name.lowercased() == "authorization" ? "Bearer \(key)" : key))
        }
        for header in api.dialect.headers
        where !self.headers.contains(where: { $0.name.lowercased() == header.name.lowercased() }) {
            headers.append(header)
        }
        return headers + self.headers.map { ($0.name, $0.value) }
    }
}
