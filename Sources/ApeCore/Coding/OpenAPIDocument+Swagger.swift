extension OpenAPIDocument {
    /// The body of an operation of Swagger 2.0: one parameter that is the body, or those that are a form's fields.
    func swaggerBody(_ parameters: [JSONValue], _ operation: JSONValue) -> Body? {
        let types = (operation["consumes"]?.array ?? root["consumes"]?.array ?? []).compactMap(\.string)
        if let parameter = parameters.first(where: { $0["in"]?.string == "body" }) {
            let bodies = (types.isEmpty ? ["application/json"] : types).map { body($0, parameter) }
            return bodies.min { $0.rank < $1.rank }
        }
        let fields = parameters.filter { $0["in"]?.string == "formData" }
        guard !fields.isEmpty else { return nil }
        let multipart = "multipart/form-data"
        let isMultipart = fields.contains { $0["type"]?.string == "file" } || types == [multipart]
        return body(
            isMultipart ? multipart : "application/x-www-form-urlencoded",
            ["schema": Self.schema(ofFields: fields)]
        )
    }

    private static func schema(ofFields fields: [JSONValue]) -> JSONValue {
        var properties = JSONObject()
        for field in fields {
            guard let name = field["name"]?.string, var property = field.object else { continue }
            for key in ["name", "in", "required"] { property[key] = nil }
            properties[name] = .object(property)
        }
        let required = fields.filter { $0["required"]?.bool == true }.compactMap { $0["name"] }
        return ["type": "object", "properties": .object(properties), "required": .array(required)]
    }
}
