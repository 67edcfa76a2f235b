/// Keys of a target's OpenAPI document.
enum OpenAPIKey: String, ScenarioKey {
    case file
    case basePath = "base_path"
    case include, exclude

    static let section = "targets.NAME.openapi"
}

extension ScenarioDecoder {
    /// How much of what is left out of one document is told.
    private static let maximumOmissions = 20
    private static let maximumRules = 100
    private static let maximumStars = 6

    /// The endpoints of the OpenAPI document that a target names.
    ///
    /// - Parameters:
    ///   - field: the document's file, or a map of ``OpenAPIKey``.
    ///   - baseURL: the target's.
    /// - Returns: the endpoints; none where the document cannot be read, which is a problem.
    mutating func openAPIEndpoints(_ field: ScenarioField, baseURL: String) -> [Scenario.Endpoint] {
        var basePath: String?
        var choice = OpenAPIChoice()
        var place = field
        if case .map = field.node.content {
            guard let members = members(field, OpenAPIKey.self) else { return [] }
            basePath = members[.basePath].flatMap { self.basePath($0) }
            choice.include = members[.include].map { rules($0) } ?? []
            choice.exclude = members[.exclude].map { rules($0) } ?? []
            guard let file = members[.file] else {
                missing(.file, in: members, "the document, a file beside the scenario")
                return []
            }
            place = file
        }
        guard let document = openAPIDocument(place) else { return [] }
        let target = try? BaseURL(baseURL)
        var reader = OpenAPIReader(document, basePath: basePath, target: target)
        reader.choice = choice
        let read = catching(place) { () throws(ApeError) in try reader.operations() }
        guard let operations = read else { return [] }
        if let target, basePath == nil { warn(ofServerOf: document, before: target, at: place) }
        warn(of: operations, file: document.files.main, at: place)
        leftOut[targetNames.last ?? ""] = operations.leftOut
        return operations.endpoints
    }

    private mutating func openAPIDocument(_ field: ScenarioField) -> OpenAPIDocument? {
        guard let name = word(field) else { return nil }
        guard let loadFile, let readYAML else {
            problem("cannot be read here: the document's endpoints belong under `endpoints`", at: field)
            return nil
        }
        guard !name.contains("://") else {
            problem("must be a file beside the scenario; download the document first", at: field)
            return nil
        }
        let path = Self.beside(file, name)
        let bytes: [UInt8]
        do {
            bytes = try loadFile(path)
        } catch {
            problem("cannot read \(path): \(error)", at: field)
            return nil
        }
        let scenario = file
        return catching(field) { () throws(ApeError) in
            let files = try OpenAPIFiles(bytes, main: path, beside: scenario, readYAML: readYAML, load: loadFile)
            return try OpenAPIDocument(files)
        }
    }

    /// What stands before paths: `/` for nothing.
    private mutating func basePath(_ field: ScenarioField) -> String? {
        guard let text = text(field, atMost: 1024) else { return nil }
        let path = text == "/" || text.isEmpty ? "" : OpenAPIReference.normalized(text)
        guard path.isEmpty || text.hasPrefix("/"), (try? PathPattern(path + "/")) != nil else {
            problem("must be a path such as /api/v1, or / for none, not \(field.node.found)", at: field)
            return nil
        }
        return path
    }

    private mutating func rules(_ field: ScenarioField) -> [String] {
        items(field, atMost: Self.maximumRules).compactMap { item in
            guard let rule = word(item, atMost: 256) else { return nil }
            let path = rule.firstIndex(of: " ").map { rule[rule.index(after: $0)...] } ?? rule[...]
            let method = rule.dropLast(path.count + (path.count < rule.count ? 1 : 0))
            let isPath = path.hasPrefix("/") && path.count(where: { $0 == "*" }) <= Self.maximumStars
            guard rule.hasPrefix("tag:") || isPath && (method.isEmpty || Scenario.methods.contains(String(method)))
            else {
                problem(
                    "must be a path such as /api/**, with or without a method before it and with at most "
                        + "\(Self.maximumStars) stars, or tag:NAME, not \(item.node.found)",
                    at: item
                )
                return nil
            }
            return rule
        }
    }

    /// Says which path of the document's server goes before its paths.
    private mutating func warn(
        ofServerOf document: OpenAPIDocument,
        before target: BaseURL,
        at field: ScenarioField
    ) {
        let file = document.files.main
        let prefix = document.prefix(of: document.servers, before: target)
        if !prefix.isEmpty {
            warn(
                "the paths of \(file) come after \(prefix), which its server has and `url` does not end with; "
                    + "`openapi: {file: ..., base_path: /}` leaves it out",
                at: field
            )
        }
        if let server = document.server(of: document.servers, for: target), server.path == nil {
            warn(
                "the URL of the server of \(file) has a variable without a default: say what stands before the paths "
                    + "with `openapi: {file: ..., base_path: /...}`",
                at: field
            )
        }
    }

    private mutating func warn(of operations: OpenAPIOperations, file: String, at field: ScenarioField) {
        let (leftOut, remarks) = (operations.leftOut, operations.remarks)
        if operations.endpoints.isEmpty, operations.unchosen > 0 {
            warn("none of the \(operations.unchosen.counting("operation")) of \(file) is chosen", at: field)
        }
        if !leftOut.isEmpty {
            let all = operations.endpoints.count + operations.unchosen + leftOut.count
            warn("\(leftOut.count) of \(all.counting("operation")) of \(file) left out", at: field)
        }
        for omission in leftOut.prefix(Self.maximumOmissions) {
            warn("\(file) is read without \(omission)", at: field)
        }
        if leftOut.count > Self.maximumOmissions {
            let more = leftOut.count - Self.maximumOmissions
            warn("\(file) is read without \(more) more; `ape-test check --json` lists them", at: field)
        }
        for remark in remarks.prefix(Self.maximumOmissions) { warn("\(file) is read \(remark)", at: field) }
        let more = remarks.count - Self.maximumOmissions
        if more > 0 { warn("\(file) is read without \(more) more parts of operations", at: field) }
    }

    /// A path as it is seen from the folder of the scenario.
    static func beside(_ file: String, _ name: String) -> String {
        guard !name.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return name }
        return file[...slash] + name
    }
}
