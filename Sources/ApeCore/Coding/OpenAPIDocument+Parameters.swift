extension OpenAPIDocument {
    /// Where a parameter goes, in the order in which they are told.
    enum ParameterPlace: String, CaseIterable {
        case path, query
        /// The whole query, as OpenAPI 3.2 has it.
        case querystring
        case header, cookie

        var title: String {
            switch self {
            case .path: "Path"
            case .query, .querystring: "Query"
            case .header: "Headers"
            case .cookie: "Cookies"
            }
        }
    }

    /// Headers that OpenAPI says no parameter can be.
    private static let ignoredHeaders: Set<String> = ["accept", "content-type", "authorization"]

    /// The parameters of an operation and of its path, of which those of the operation come first in meaning.
    func parameters(of operation: JSONValue, in item: JSONObject) -> [JSONValue] {
        let all = (item["parameters"]?.array ?? []) + (operation["parameters"]?.array ?? [])
        var parameters: [JSONValue] = []
        for parameter in all.map(resolved) where parameter["name"]?.string != nil {
            let same = parameters.firstIndex { $0["name"] == parameter["name"] && $0["in"] == parameter["in"] }
            if let same { parameters[same] = parameter } else { parameters.append(parameter) }
        }
        return parameters
    }

    /// A parameter in words; nil for what a model need not be told.
    func field(_ parameter: JSONValue, in place: ParameterPlace) -> String? {
        guard let name = parameter["name"]?.string else { return nil }
        if place == .header, Self.ignoredHeaders.contains(name.lowercased()) { return nil }
        let content = parameter["content"]?.object?.first
        let schema = parameter["schema"] ?? content?.value["schema"] ?? (isSwagger ? parameter : .null)
        let style = content.map { "as \($0.key)" } ?? style(of: parameter, merged(schema), in: place)
        let note = note(for: schema, example: parameter, style: style)
        // The path says what it takes; only values to choose from it does not.
        if place == .path { return Self.values(of: merged(schema)) == nil ? nil : name + note }
        return name + (parameter["required"]?.bool == true ? "" : "?") + note
    }

    /// How lists and objects are written; empty for other values.
    private func style(of parameter: JSONValue, _ schema: JSONObject, in place: ParameterPlace) -> String {
        let types = Self.types(of: schema)
        let isForm = place == .query || place == .cookie
        let style = parameter["style"]?.string ?? (isForm ? "form" : "simple")
        let isExploded = parameter["explode"]?.bool ?? (style == "form")
        if types.contains("array") {
            if isSwagger { return Self.swaggerStyles[parameter["collectionFormat"]?.string ?? "csv"] ?? "" }
            switch style {
            case "spaceDelimited": return "with spaces between"
            case "pipeDelimited": return "with | between"
            default: return isExploded && isForm ? "repeated" : "with commas between"
            }
        }
        guard types.contains("object") else { return "" }
        let name = parameter["name"]?.string ?? ""
        switch style {
        case "deepObject": return "as \(name)[key]=value"
        case "form": return isExploded ? "each key a parameter" : "as key,value"
        default: return isExploded ? "as key=value" : "as key,value"
        }
    }

    private static let swaggerStyles = [
        "csv": "with commas between", "ssv": "with spaces between", "tsv": "with tabs between",
        "pipes": "with | between", "multi": "repeated",
    ]
}
