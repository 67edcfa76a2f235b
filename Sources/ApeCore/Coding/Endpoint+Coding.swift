/// Keys of one endpoint of a target.
enum EndpointKey: String, ScenarioKey {
    case summary, body, listen
    case bodyType = "body_type"

    static let section = "targets.NAME.endpoints"
}

extension ScenarioDecoder {
    mutating func endpoints(_ field: ScenarioField) -> [Scenario.Endpoint] {
        items(field, atMost: Self.maximumEndpoints).compactMap { item in
            guard let (line, value) = oneLine(item, example: "GET /api/products: List products"),
                let (method, path) = requestLine(line, at: item)
            else { return nil }
            guard catching(item, { () throws(ApeError) in try PathPattern(path) }) != nil else { return nil }
            var endpoint = Scenario.Endpoint(method: method, path: path)
            guard let value, !value.node.isNull else { return endpoint }
            guard case .map = value.node.content else {
                endpoint.summary = summary(value)
                return endpoint
            }
            guard let members = members(value, EndpointKey.self) else { return nil }
            endpoint.summary = members[.summary].map { summary($0) } ?? ""
            endpoint.body = members[.body].flatMap { bodySchema($0) }
            endpoint.listenMicros = members[.listen].flatMap { duration($0, in: Scenario.Endpoint.listenRange) }
            endpoint.bodyType = members[.bodyType].flatMap { contentType($0) }
            return endpoint
        }
    }

    private mutating func summary(_ field: ScenarioField) -> String {
        text(field, atMost: Scenario.Endpoint.maximumSummaryBytes) ?? ""
    }

    private mutating func contentType(_ field: ScenarioField) -> String? {
        guard let type = word(field, atMost: 128) else { return nil }
        let isType = type.contains("/") && type.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
        if !isType { problem("must be a content type such as application/x-www-form-urlencoded", at: field) }
        return isType ? type : nil
    }

    private mutating func bodySchema(_ field: ScenarioField) -> JSONValue? {
        guard case .map = field.node.content else {
            problem("must be a map, the JSON Schema of the body, not \(field.node.found)", at: field)
            return nil
        }
        let schema = field.node.json
        guard schema.isWithin(levels: BodySchema.maximumDepth) else {
            problem("is nested deeper than \(BodySchema.maximumDepth) levels", at: field)
            return nil
        }
        let size = schema.utf8.count
        guard size <= BodySchema.maximumBytes else {
            problem("has \(size) bytes as JSON; at most \(BodySchema.maximumBytes) are read", at: field)
            return nil
        }
        return schema
    }
}

extension Scenario.Endpoint {
    var document: JSONValue {
        var options = JSONObject()
        if !summary.isEmpty { options.set(EndpointKey.summary, summary) }
        options[EndpointKey.body] = body
        options[EndpointKey.listen] = listenMicros.map { .string(DurationText.text(micros: $0)) }
        options[EndpointKey.bodyType] = bodyType.map { .string($0) }
        let isShort = body == nil && bodyType == nil && listenMicros == nil
        return .map([self]) { ("\($0.method) \($0.path)", isShort ? .string($0.summary) : .object(options)) }
    }
}

extension JSONValue {
    /// Whether maps and lists are nested no deeper than this.
    fileprivate func isWithin(levels: Int) -> Bool {
        switch self {
        case .object(let members): levels > 0 && members.allSatisfy { $0.value.isWithin(levels: levels - 1) }
        case .array(let elements): levels > 0 && elements.allSatisfy { $0.isWithin(levels: levels - 1) }
        default: true
        }
    }
}
