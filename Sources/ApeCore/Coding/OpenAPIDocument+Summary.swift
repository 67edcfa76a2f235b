extension OpenAPIDocument {
    /// The greatest number of parameters or fields that are listed.
    static let maximumFields = 16

    /// `List products. Query: q?, limit? (integer). Body: product_id (integer), quantity? (integer).`
    func summary(of operation: JSONValue, in item: JSONValue) -> String {
        let title = operation["summary"]?.string ?? operation["description"]?.string ?? operation["operationId"]?.string
        let firstLine = (title ?? "").firstLine(atMost: Scenario.Endpoint.maximumSummaryBytes)
        var parts = firstLine.isEmpty ? [] : [firstLine]
        let parameters = (item["parameters"]?.array ?? []) + (operation["parameters"]?.array ?? [])
        for (place, word) in [("query", "Query"), ("header", "Headers")] {
            let fields = parameters.map(resolved).filter { $0["in"]?.string == place }.compactMap { parameter in
                parameter["name"]?.string.map {
                    field($0, schema: parameter["schema"], required: parameter["required"]?.bool ?? false)
                }
            }
            if !fields.isEmpty { parts.append("\(word): \(list(fields))") }
        }
        if let body = body(of: operation) { parts.append(words(for: body)) }
        return parts.map { $0.hasSuffix(".") ? $0 : $0 + "." }.joined(separator: " ")
            .cut(atMost: Scenario.Endpoint.maximumSummaryBytes)
    }

    func list(_ fields: [String], more: String? = nil) -> String {
        let shown = fields.prefix(Self.maximumFields) + (fields.count > Self.maximumFields ? ["..."] : [])
        return (shown + (more.map { [$0] } ?? [])).joined(separator: ", ")
    }
}
