extension ScenarioDecoder {
    /// The endpoints of the OpenAPI document that a target names.
    mutating func openAPIEndpoints(_ field: ScenarioField) -> [Scenario.Endpoint] {
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
        return catching(field) { () throws(ApeError) in try OpenAPIDocument(bytes, file: path).endpoints() } ?? []
    }

    /// A path as it is seen from the folder of the scenario.
    private static func beside(_ file: String, _ name: String) -> String {
        guard !name.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return name }
        return file[...slash] + name
    }
}
