extension ScenarioDecoder {
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
            return (endpoints: try document.endpoints(), basePath: document.basePath)
        }
        guard let (endpoints, basePath) = read else { return [] }
        if !baseURL.hasSuffix(basePath) {
            warn("the paths of \(path) come after \(basePath), which `url` does not end with", at: field)
        }
        return endpoints
    }

    /// A path as it is seen from the folder of the scenario.
    private static func beside(_ file: String, _ name: String) -> String {
        guard !name.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return name }
        return file[...slash] + name
    }
}
