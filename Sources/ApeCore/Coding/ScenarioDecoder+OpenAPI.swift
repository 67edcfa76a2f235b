extension ScenarioDecoder {
    /// How much of what is left out of one document is told.
    private static let maximumOmissions = 20

    /// The endpoints of the OpenAPI document that a target names.
    ///
    /// - Parameters:
    ///   - field: the document's file.
    ///   - baseURL: the target's, which should end with the path of the document's server.
    /// - Returns: the endpoints; none where the document cannot be read, which is a problem.
    mutating func openAPIEndpoints(_ field: ScenarioField, baseURL: String) -> [Scenario.Endpoint] {
        guard let name = word(field) else { return [] }
        guard let loadFile else {
            problem("cannot be read here: the document's endpoints belong under `endpoints`", at: field)
            return []
        }
        guard !name.contains("://") else {
            problem("must be a file beside the scenario; download the document first", at: field)
            return []
        }
        let path = Self.beside(file, name)
        let bytes: [UInt8]
        do {
            bytes = try loadFile(path)
        } catch {
            problem("cannot read \(path): \(error)", at: field)
            return []
        }
        let read = catching(field) { () throws(ApeError) in
            let document = try OpenAPIDocument(bytes, file: path)
            return (operations: try document.operations(), basePath: document.basePath)
        }
        guard let (operations, basePath) = read else { return [] }
        if !baseURL.hasSuffix(basePath) {
            warn("the paths of \(path) come after \(basePath), which `url` does not end with", at: field)
        }
        warn(of: operations, file: path, at: field)
        return operations.endpoints
    }

    private mutating func warn(of operations: OpenAPIDocument.Operations, file: String, at field: ScenarioField) {
        for omission in operations.omissions.prefix(Self.maximumOmissions) {
            warn("\(file) is read \(omission)", at: field)
        }
        let more = operations.omissions.count - Self.maximumOmissions
        if more > 0 { warn("\(file) is read without \(more) more", at: field) }
        if operations.schemaBytes > OpenAPIDocument.maximumSchemaBytes {
            let most = OpenAPIDocument.maximumSchemaBytes
            warn("\(file) is read with \(most) bytes of bodies' schemas, not \(operations.schemaBytes)", at: field)
        }
    }

    /// A path as it is seen from the folder of the scenario.
    private static func beside(_ file: String, _ name: String) -> String {
        guard !name.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return name }
        return file[...slash] + name
    }
}
