extension Scenario {
    /// Reads the document of a scenario file.
    ///
    /// - Parameters:
    ///   - root: the file's content.
    ///   - file: its path as the user gave it; it stands in messages, and relative files are resolved beside it.
    ///   - readYAML: reads what is no JSON of the files that the scenario names.
    ///   - loadFile: reads a file that the scenario names, given by its resolved path.
    ///   - loadData: reads through a file of rows, given by its resolved path and its name in the scenario.
    /// - Returns: the scenario, with what is odd about it.
    /// - Throws: ``ApeError`` of code `scenario` that lists every problem, one a line, as `file:line:column: key: what`.
    package static func read(
        _ root: DocumentNode,
        file: String,
        readYAML: @escaping DocumentReader,
        loadFile: @escaping (String) throws -> [UInt8],
        loadData: ((_ path: String, _ name: String) throws(ApeError) -> DataFile)?
    ) throws(ApeError) -> ReadScenario {
        var decoder = ScenarioDecoder(file: file, loadFile: loadFile, readYAML: readYAML, loadData: loadData)
        let scenario = decoder.scenario(root)
        if let error = decoder.error { throw error }
        return ReadScenario(
            scenario: scenario,
            warnings: ScenarioDecoder.ordered(decoder.warnings),
            leftOut: decoder.leftOut,
            places: ScenarioPlaces(root, file: file, plan: scenario.plan)
        )
    }

    /// Reads the form that goes over the wire: the same document as JSON, with `openapi` resolved to endpoints.
    ///
    /// Keys that are not known are refused here too: a worker that left one out would run another test than was asked.
    ///
    /// - Throws: ``ApeError`` of code `scenario` that lists every problem, one a line.
    package init(document: JSONValue) throws(ApeError) {
        var decoder = ScenarioDecoder(file: "scenario", loadFile: nil)
        let scenario = decoder.scenario(DocumentNode(json: document))
        if let error = decoder.error { throw error }
        self = scenario
    }
}
