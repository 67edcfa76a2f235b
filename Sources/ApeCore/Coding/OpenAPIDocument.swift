/// What is taken from an OpenAPI 3 or Swagger 2.0 document: each operation as one line for the model, and its body's schema.
struct OpenAPIDocument {
    let files: OpenAPIFiles
    let root: JSONValue
    /// Whether this is Swagger 2.0, in which bodies are parameters.
    let isSwagger: Bool

    /// - Throws: ``ApeError`` of code `scenario` that names the file.
    init(_ files: OpenAPIFiles) throws(ApeError) {
        self.files = files
        root = files.root
        isSwagger = Self.version(root["swagger"]).hasPrefix("2.")
        guard isSwagger || Self.version(root["openapi"]).hasPrefix("3.") else {
            let way =
                root["swagger"] == nil
                ? "`openapi: 3.x` is missing" : "of Swagger only 2.0 is read; convert it to OpenAPI 3"
            throw ApeError(.scenario, "\(files.main) is no OpenAPI 3 document: \(way)")
        }
    }

    /// A version, which YAML without quotes takes for a number.
    private static func version(_ value: JSONValue?) -> String {
        value?.string ?? value?.number.map { "\($0)" } ?? ""
    }
}

extension Scenario {
    /// The endpoints that an OpenAPI 3 or Swagger 2.0 document lists.
    ///
    /// - Parameters:
    ///   - document: its bytes, JSON or YAML.
    ///   - file: its path, for messages and for the files that it refers to.
    ///   - url: the target's, which says which path of the document's servers goes before its paths.
    ///   - readYAML: reads what is no JSON.
    ///   - loadFile: reads a file that the document refers to; nil where there is none.
    /// - Returns: the endpoints in the document's order.
    /// - Throws: ``ApeError`` of code `scenario` that names the file and what is wrong with it.
    package static func endpoints(
        ofOpenAPI document: [UInt8],
        file: String,
        url: String,
        readYAML: @escaping DocumentReader,
        loadFile: ((String) throws -> [UInt8])?
    ) throws(ApeError) -> [Endpoint] {
        let files = try OpenAPIFiles(document, main: file, readYAML: readYAML, load: loadFile)
        var reader = OpenAPIReader(try OpenAPIDocument(files), basePath: nil, target: try? BaseURL(url))
        return try reader.operations().endpoints
    }
}
