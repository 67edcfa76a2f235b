/// What is taken from an OpenAPI 3 document: each operation as one line for the model.
struct OpenAPIDocument {
    private let root: JSONValue
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

    /// The operations in the document's order.
    ///
    /// - Throws: ``ApeError`` of code `scenario` for a document without paths.
    func endpoints() throws(ApeError) -> [Scenario.Endpoint] {
        guard let paths = root["paths"]?.object, !paths.isEmpty else {
            throw ApeError(.scenario, "\(file) lists no paths")
        }
        return paths.flatMap { path, item -> [Scenario.Endpoint] in
            guard (try? PathPattern(path)) != nil, let item = resolved(item).object else { return [] }
            return item.compactMap { method, operation in
                let method = method.uppercased()
                guard Scenario.methods.contains(method), operation.object != nil else { return nil }
                return Scenario.Endpoint(method: method, path: path, summary: summary(of: operation, in: .object(item)))
            }
        }
    }

    /// The path of the server that the document names first: what stands before its paths; empty where there is none.
    var basePath: String {
        guard var rest = root["servers"]?[0]?["url"]?.string?[...], !rest.contains("{") else { return "" }
        if let scheme = rest.firstRange(of: "://") {
            rest = rest[scheme.upperBound...].drop { $0 != "/" }
        }
        while rest.hasSuffix("/") { rest.removeLast() }
        return rest.hasPrefix("/") ? String(rest) : ""
    }

    /// Follows references inside the document, a few steps far.
    func resolved(_ value: JSONValue) -> JSONValue {
        var value = value
        for _ in 0..<8 {
            guard let reference = value["$ref"]?.string else { return value }
            guard reference.hasPrefix("#/") else { return .null }
            value = reference.dropFirst(2).split(separator: "/").reduce(root) { node, part in
                let key = part.replacing("~1", with: "/").replacing("~0", with: "~")
                return node[String(key)] ?? .null
            }
        }
        return .null
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
        try OpenAPIDocument(document, file: file).endpoints()
    }
}
