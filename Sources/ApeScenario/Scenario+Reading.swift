import ApeCore

extension Scenario {
    /// Reads a scenario file: YAML, of which JSON is a part.
    ///
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - file: its path as the user gave it; it stands in messages, and relative files are resolved beside it.
    ///   - loadFile: reads a file that the scenario names, given by its resolved path.
    ///   - loadData: reads through a file of rows, given by its resolved path and its name in the scenario.
    /// - Returns: the scenario, with what is odd about it.
    /// - Throws: ``ApeError`` of code `scenario` that lists every problem, one a line, as `file:line:column: key: what`.
    package static func read(
        _ bytes: [UInt8],
        file: String,
        loadFile: @escaping (String) throws -> [UInt8],
        loadData: ((_ path: String, _ name: String) throws(ApeError) -> DataFile)? = nil
    ) throws(ApeError) -> ReadScenario {
        let root = try YAMLDocument.read(FlowConditions.quoted(bytes), file: file)
        return try read(root, file: file, readYAML: readYAML, loadFile: loadFile, loadData: loadData)
    }

    /// The endpoints that an OpenAPI 3 or Swagger 2.0 document lists.
    ///
    /// - Parameters:
    ///   - document: its bytes, JSON or YAML.
    ///   - file: its path, for messages and for the files that it refers to.
    ///   - url: the target's, which says which path of the document's servers goes before its paths.
    ///   - loadFile: reads a file that the document refers to; nil where there is none.
    /// - Returns: the endpoints in the document's order.
    /// - Throws: ``ApeError`` of code `scenario` that names the file and what is wrong with it.
    package static func endpoints(
        ofOpenAPI document: [UInt8],
        file: String,
        url: String,
        loadFile: ((String) throws -> [UInt8])? = nil
    ) throws(ApeError) -> [Endpoint] {
        try endpoints(ofOpenAPI: document, file: file, url: url, readYAML: readYAML, loadFile: loadFile)
    }

    private static let readYAML: DocumentReader = { bytes, file, limits throws(ApeError) in
        try YAMLDocument.read(bytes, file: file, limits: limits)
    }
}
