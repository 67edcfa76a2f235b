extension OpenAPIDocument {
    /// `List products. Query: q?, limit? (integer). Body: product_id (integer), quantity? (integer).`
    func summary(of operation: JSONValue, in item: JSONObject) -> String {
        let title = title(of: operation, atMost: Scenario.Endpoint.maximumSummaryBytes)
        var parts = title.isEmpty ? [] : [title]
        let parameters = parameters(of: operation, in: item)
        for place in ParameterPlace.allCases {
            let fields = parameters.filter { $0["in"]?.string == place.rawValue }.compactMap { field($0, in: place) }
            if !fields.isEmpty { parts.append("\(place.title): \(list(fields))") }
        }
        if let body = body(of: operation, in: item) {
            parts.append(words(for: body))
            if let example = body.example { parts.append("Such as \(example)") }
        }
        return parts.map { $0.hasSuffix(".") ? $0 : $0 + "." }.joined(separator: " ")
            .cut(atMost: Scenario.Endpoint.maximumSummaryBytes)
    }

    /// One line that says what an operation does; empty where nothing does.
    func title(of operation: JSONValue, atMost bytes: Int) -> String {
        let texts = ["summary", "description", "operationId"].compactMap { operation[$0]?.string }
        let text = texts.first { text in text.contains { !$0.isWhitespace } } ?? ""
        return text.firstLine(atMost: bytes)
    }
}
