/// What is taken from an OpenAPI 3 document: each operation as one line for the model.
struct OpenAPIDocument {
    let root: JSONValue
    private let file: String

    /// - Throws: ``ApeError`` of code `scenario` that names the file.
    init(_ bytes: [UInt8], file: String) throws(ApeError) {
        self.file = file
        if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
            guard bytes.count <= YAMLDocument.maximumBytes else {
                throw ApeError(.scenario, "\(file) has more than \(YAMLDocument.maximumBytes) bytes")
            }
            do {
                root = try JSONValue(parsing: bytes)
            } catch {
                throw ApeError(.scenario, "\(file): \(error.message)")
            }
        } else {
            root = try YAMLDocument.read(bytes, file: file).json
        }
        guard let version = root["openapi"]?.string, version.hasPrefix("3.") else {
            let way = root["swagger"] == nil ? "`openapi: 3.x` is missing" : "Swagger 2.0 is not read: convert it to 3"
            throw ApeError(.scenario, "\(file) is no OpenAPI 3 document: \(way)")
        }
    }

    /// The operations in the document's order, and what is left out of them.
    struct Operations {
        var endpoints: [Scenario.Endpoint] = []
        /// A sentence for each that is left out, or for what of it is.
        var omissions: [String] = []
        /// Of methods that agents do not use.
        var otherMethods = 0
        /// Bytes of all bodies' schemas.
        var schemaBytes = 0
    }

    /// The most that the schemas of all bodies may have, in bytes: the scenario goes to workers in one message.
    static let maximumSchemaBytes = 128 * 1024

    /// - Throws: ``ApeError`` of code `scenario` for a document without paths.
    func operations() throws(ApeError) -> Operations {
        guard let paths = root["paths"]?.object, !paths.isEmpty else {
            throw ApeError(.scenario, "\(file) lists no paths")
        }
        var operations = Operations()
        for (path, item) in paths where !path.hasPrefix("x-") {
            do {
                _ = try PathPattern(path)
            } catch {
                operations.omissions.append("without what it lists: " + error.message)
                continue
            }
            guard let item = resolved(item).object else {
                operations.omissions.append("without \(path.prefix(80)): " + reason(thatIsNoMap: item))
                continue
            }
            for (method, operation) in item { add(method.uppercased(), path, operation, of: item, to: &operations) }
        }
        if operations.otherMethods > 0 {
            let count = operations.otherMethods.counting("operation")
            operations.omissions.append(
                "without \(count) of methods other than \(Scenario.methods.joined(separator: ", "))"
            )
        }
        return operations
    }

    private func add(
        _ method: String,
        _ path: String,
        _ operation: JSONValue,
        of item: JSONObject,
        to operations: inout Operations
    ) {
        guard Scenario.methods.contains(method) else {
            if ["HEAD", "OPTIONS", "TRACE", "QUERY"].contains(method) { operations.otherMethods += 1 }
            return
        }
        let name = "\(method) \(path.prefix(80))"
        guard operation.object != nil else {
            operations.omissions.append("without \(name), which is no map")
            return
        }
        var endpoint = Scenario.Endpoint(method: method, path: path)
        endpoint.summary = summary(of: operation, in: .object(item))
        if let body = body(of: operation), body.isJSON {
            switch BodySchema.reduced(body.schema, in: self) {
            case .schema(let schema):
                operations.schemaBytes += schema.utf8.count
                if operations.schemaBytes <= Self.maximumSchemaBytes { endpoint.body = schema }
            case .tooLarge:
                operations.omissions.append(
                    "without the schema of the body of \(name), which has more than \(BodySchema.maximumBytes) bytes"
                )
            case .unknown: break
            }
        }
        operations.endpoints.append(endpoint)
    }

    private func reason(thatIsNoMap item: JSONValue) -> String {
        guard let reference = item["$ref"]?.string else { return "it is no map" }
        return reference.hasPrefix("#")
            ? "its $ref leads nowhere" : "its $ref leads to another file; bundle them into one document first"
    }

    /// The path of the server that the document names first: what stands before its paths; empty where there is none.
    var basePath: String {
        let server = root["servers"]?[0]
        let variables = server?["variables"]?.object ?? [:]
        let url = variables.reduce(server?["url"]?.string ?? "") { url, variable in
            url.replacing("{\(variable.key)}", with: variable.value["default"]?.string ?? "{}")
        }
        guard !url.contains("{") else { return "" }
        var rest = url[...]
        if let scheme = rest.firstRange(of: "://") {
            rest = rest[scheme.upperBound...].drop { $0 != "/" }
        }
        while rest.hasSuffix("/") { rest.removeLast() }
        return rest.hasPrefix("/") ? String(rest) : ""
    }
}

extension Scenario {
    /// The endpoints that an OpenAPI 3 document lists.
    ///
    /// - Parameters:
    ///   - document: its bytes, JSON or YAML.
    ///   - file: its name, for messages.
    /// - Returns: the endpoints in the document's order.
    /// - Throws: ``ApeError`` of code `scenario` that names the file and what is wrong with it.
    package static func endpoints(ofOpenAPI document: [UInt8], file: String) throws(ApeError) -> [Endpoint] {
        try OpenAPIDocument(document, file: file).operations().endpoints
    }
}
