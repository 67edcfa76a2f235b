extension Scenario.Target: ScenarioMap {
    static let section = "targets.NAME"

    static let settings: [ScenarioSetting<Self>] = [
        ScenarioSetting(
            "url",
            \.baseURL,
            .url,
            demand: "where the application is reached, such as http://127.0.0.1:8080",
            "where it is reached"
        ),
        ScenarioSetting(
            key: "openapi",
            type: "file or map",
            usual: "none",
            limits: "OpenAPI 3 or Swagger 2.0 in JSON or YAML, 16 MiB with the files that it refers to",
            meaning: "endpoints from a document beside the scenario: each operation's summary, parameters and body "
                + "fields, in one line for the model",
            demand: nil,
            read: { decoder, field, target in
                target.endpoints = decoder.openAPIEndpoints(field, baseURL: target.baseURL)
            },
            // What was read from the document is written as endpoints.
            write: { _ in nil }
        ),
        ScenarioSetting(
            key: "endpoints",
            type: "list",
            usual: nil,
            limits: "2000, with those of `openapi`",
            meaning:
                "`METHOD /path/{pattern}`, `METHOD /path: summary` or `METHOD /path: {options}`; what the model is "
                + "told of, and the routes that reports count by. One that `openapi` has too takes its place",
            demand: nil,
            read: { decoder, field, target in
                for endpoint in decoder.endpoints(field) { target.add(endpoint) }
            },
            write: { target in target.endpoints.isEmpty ? nil : .array(target.endpoints.map(\.document)) }
        ),
        ScenarioSetting(
            "headers",
            \.headers,
            .headers { $0.headers($1, checkingNames: false) },
            "sent with every request; templates. A header whose values are not known yet is left out"
        ),
        ScenarioSetting(
            "http_version",
            \.httpVersion,
            .choice,
            "`auto` takes HTTP/2 over TLS where the server offers it"
        ),
        ScenarioSetting("proxy", \.proxy, .proxy, usual: "the worker's environment", "the proxy for this target"),
        ScenarioSetting(
            "ca_file",
            \.caFile,
            .workerFile,
            usual: "the system's",
            "a PEM file with the authorities to trust"
        ),
        ScenarioSetting(
            "client_certificate",
            \.clientCertificate,
            .workerFile,
            usual: "none",
            "a PEM file with the certificate, and what it was issued by, that every user shows in the TLS handshake"
        ),
        ScenarioSetting(
            "client_key",
            \.clientKey,
            .workerFile,
            usual: "in `client_certificate`'s file",
            "a PEM file with the certificate's private key, without a passphrase"
        ),
        ScenarioSetting(
            key: leftOutKey,
            type: "list",
            usual: "none",
            limits: "",
            meaning: "what `ape-test check --json` says of the operations of `openapi` that are no endpoints; not read",
            demand: nil,
            read: { _, _, _ in },
            write: { _ in nil }
        ),
    ]

    static let leftOutKey = "left_out"

    /// Adds an endpoint in place of one with the same method and path.
    private mutating func add(_ endpoint: Scenario.Endpoint) {
        let same = endpoints.firstIndex { $0.method == endpoint.method && $0.path == endpoint.path }
        if let same { endpoints[same] = endpoint } else { endpoints.append(endpoint) }
    }
}

extension ScenarioDecoder {
    /// The greatest number of targets, and of endpoints of one target.
    static let maximumTargets = 64
    static let maximumEndpoints = 2000

    mutating func targets(_ field: ScenarioField) -> [Scenario.Target] {
        let targets = entries(field, atMost: Self.maximumTargets).compactMap { name, place -> Scenario.Target? in
            checkName(name, at: place)
            targetNames.append(name)
            return target(place, name: name)
        }
        if targetNames.isEmpty { problem("must name at least one target", at: field) }
        return targets
    }

    private mutating func target(_ field: ScenarioField, name: String) -> Scenario.Target? {
        if case .text = field.node.content {
            return url(field).map { Scenario.Target(name: name, baseURL: $0) }
        }
        var target = Scenario.Target(name: name, baseURL: "")
        guard read(field, into: &target, explanations: ["base_url": "is called `url` here"]) else { return nil }
        if target.clientKey != nil, target.clientCertificate == nil {
            problem("`client_key` needs `client_certificate`, whose key it is", at: field)
        }
        if target.endpoints.count > Self.maximumEndpoints {
            warn("\(target.endpoints.count) endpoints: the first \(Self.maximumEndpoints) are kept", at: field)
            target.endpoints.removeLast(target.endpoints.count - Self.maximumEndpoints)
        }
        warnOfLongNames(target.endpoints, at: field)
        return target
    }

    /// Routes are shown under shorter names than they have.
    private mutating func warnOfLongNames(_ endpoints: [Scenario.Endpoint], at field: ScenarioField) {
        let long = endpoints.map(\.name).filter { $0.utf8.count > RouteTable.maximumNameBytes }
        guard let first = long.first else { return }
        let others = long.count > 1 ? " and \(long.count - 1) more" : ""
        warn(
            "the route \(first.prefix(60))...\(others) has more than \(RouteTable.maximumNameBytes) bytes: reports show it "
                + "as ...\(first.shortened(to: RouteTable.maximumNameBytes).suffix(20))",
            at: field
        )
    }
}
