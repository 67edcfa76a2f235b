extension ScenarioCodec<Scenario.SecretSource> {
    /// The name of an environment variable. What stands there is never repeated, for it may be the key itself.
    static func keyVariable(_ keyOutside: String = Scenario.Inference.keyOutside) -> Self {
        Self(
            type: "name",
            limits: "one of the two",
            read: { decoder, field in
                let name = field.node.scalarText ?? ""
                let isName =
                    name.utf8.count <= 64 && Template.isName(name) && !name.contains("-") && !name.contains(".")
                if !isName {
                    decoder.problem("is not the name of an environment variable; " + keyOutside, at: field)
                }
                return .environment(name: name)
            },
            write: { if case .environment(let name) = $0 { .string(name) } else { nil } }
        )
    }

    static var keyFile: Self {
        Self(
            type: "path",
            limits: "one of the two",
            read: { decoder, field in decoder.word(field).map { .file(path: $0) } },
            write: { if case .file(let path) = $0 { .string(path) } else { nil } }
        )
    }
}

extension ScenarioCodec<String> {
    /// The name of the header that carries the key. What stands there is never repeated, for it may be the key itself.
    static var keyHeader: Self {
        Self(
            type: "name",
            limits: "128 bytes",
            read: { decoder, field in
                let name = field.node.scalarText ?? ""
                guard ScenarioDecoder.isHeaderName(name) else {
                    decoder.problem("is no name of a header, such as Authorization or api-key", at: field)
                    return nil
                }
                guard !headersOfTheAgent.contains(name.lowercased()) else {
                    decoder.problem("is a header that the agent itself sets, and none that carries a key", at: field)
                    return nil
                }
                return name
            },
            write: { .string($0) }
        )
    }

    private static var headersOfTheAgent: Set<String> {
        [
            "accept", "accept-encoding", "anthropic-version", "connection", "content-length", "content-type", "cookie",
            "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "traceparent", "tracestate",
            "upgrade", "user-agent",
        ]
    }

    /// The name of a member of the request's body.
    static var member: Self {
        Self(
            type: "name",
            limits: "64 bytes",
            read: { decoder, field in
                guard let name = decoder.word(field, atMost: 64) else { return nil }
                guard Template.isName(name) else {
                    decoder.problem("is no name of a member: letters, digits, _, - and .", at: field)
                    return nil
                }
                if let reason = ScenarioCodec<JSONObject>.reason(toRefuse: name) {
                    decoder.problem("cannot carry the limit: " + reason, at: field)
                    return nil
                }
                return name
            },
            write: { .string($0) }
        )
    }
}

extension ScenarioCodec<[Scenario.Header]> {
    /// Headers of which none carries a key.
    static func keyless(_ keyOutside: String = Scenario.Inference.keyOutside) -> Self {
        .headers { decoder, field in
            let headers = decoder.headers(field, checkingNames: false)
            for header in headers where carriesKey(header.name) {
                decoder.problem("the header \(header.name) would carry a key; " + keyOutside, at: field)
            }
            return headers
        }
    }

    private static func carriesKey(_ header: String) -> Bool {
        let header = header.lowercased()
        return ["authorization", "proxy-authorization"].contains(header)
            || ["api-key", "apikey", "subscription-key"].contains { header.hasSuffix($0) }
    }
}

extension ScenarioCodec<JSONObject> {
    /// Members of the request's body, but for those without which nothing could be measured.
    static var requestBody: Self {
        Self(
            type: "map",
            limits: "any member but `model`, `messages`, `input` and `stream`",
            read: { decoder, field in
                guard case .object(let body) = field.node.json else {
                    decoder.problem("must be a map, not \(field.node.found)", at: field)
                    return nil
                }
                for key in body.keys {
                    if let reason = reason(toRefuse: key) {
                        decoder.problem("`\(key)` cannot stand here: " + reason, at: field)
                    }
                }
                return body
            },
            write: { $0.isEmpty ? nil : .object($0) }
        )
    }

    /// Why a member of the request's body is the agent's alone; nil where it is not.
    fileprivate static func reason(toRefuse member: String) -> String? {
        switch member {
        case "model": "the scenario names the model under `inference.model`"
        case "messages", "input": "`\(member)` holds the conversation, which the agent writes"
        case "stream": "every answer is streamed, or no first token could be measured"
        default: nil
        }
    }
}
