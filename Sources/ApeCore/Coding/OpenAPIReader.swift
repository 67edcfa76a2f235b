/// Goes through the paths of an OpenAPI document and makes each operation an endpoint, or says why not.
struct OpenAPIReader {
    /// The most that the schemas of all bodies may have, and the summaries of all operations, in bytes: a scenario goes to
    /// workers in one message.
    static let maximumSchemaBytes = 128 * 1024
    static let maximumSummaryBytes = 448 * 1024
    /// The longest summary once there is no room for more than a title, in bytes.
    private static let maximumTitleBytes = 80

    let document: OpenAPIDocument
    /// What stands before every path instead of what the document's servers say; nil for that.
    let basePath: String?
    /// The target that requests go to.
    var target: BaseURL?
    var choice = OpenAPIChoice()

    private var result = OpenAPIOperations()
    private var schemaBytes = 0
    private var summaryBytes = 0
    private var schemaless = 0
    private var titled = 0
    private var crowded = 0
    private var foreign: [String] = []

    init(_ document: OpenAPIDocument, basePath: String?, target: BaseURL? = nil) {
        self.document = document
        self.basePath = basePath
        self.target = target
    }

    /// - Throws: ``ApeError`` of code `scenario` for a document without paths.
    mutating func operations() throws(ApeError) -> OpenAPIOperations {
        guard let paths = document.resolved(document.root["paths"] ?? .null).object, !paths.isEmpty else {
            throw ApeError(.scenario, "\(document.files.main) lists no paths")
        }
        for (path, item) in paths where !path.hasPrefix("x-") { read(path, item) }
        remark()
        return result
    }

    private mutating func read(_ path: String, _ item: JSONValue) {
        let reference = item["$ref"]?.string
        guard let item = document.members(of: item) else {
            let reason = reference.map { document.reason(for: $0) } ?? "it is no map"
            result.leftOut.append(OpenAPILeftOut(path: path, reason: reason))
            return
        }
        for (method, operation) in Self.methods(of: item) {
            read(method, path, operation, of: item)
        }
    }

    /// The operations of a path by method, those that OpenAPI 3.2 lists apart too.
    private static func methods(of item: JSONObject) -> [(String, JSONValue)] {
        let own = item.filter { !notMethods.contains($0.key) && !$0.key.hasPrefix("x-") }
        let more = item["additionalOperations"]?.object ?? [:]
        return own.map { ($0.key.uppercased(), $0.value) } + more.map { ($0.key, $0.value) }
    }

    private static let notMethods: Set<String> = [
        "$ref", "summary", "description", "servers", "parameters", "additionalOperations",
    ]

    private mutating func read(_ method: String, _ path: String, _ operation: JSONValue, of item: JSONObject) {
        guard Scenario.methods.contains(method) else { return leaveOut(method, path, "agents do not send \(method)") }
        let reference = operation["$ref"]?.string
        let operation = document.resolved(operation)
        guard operation.object != nil else {
            return leaveOut(method, path, reference.map { document.reason(for: $0) } ?? "it is no map")
        }
        let tags = (operation["tags"]?.array ?? []).compactMap(\.string)
        guard choice.takes(method: method, path: path, tags: tags) else {
            result.unchosen += 1
            return
        }
        guard result.endpoints.count < ScenarioDecoder.maximumEndpoints else {
            return leaveOut(method, path, "at most \(ScenarioDecoder.maximumEndpoints) are read")
        }
        let whole = prefix(of: operation, in: item, "\(method) \(path)") + Self.withPlainNames(path)
        do {
            _ = try PathPattern(whole)
        } catch {
            return leaveOut(method, path, error.message)
        }
        result.endpoints.append(endpoint(method, whole, operation, of: item))
    }

    private mutating func leaveOut(_ method: String, _ path: String, _ reason: String) {
        result.leftOut.append(OpenAPILeftOut(method: method, path: path, reason: reason))
    }

    private mutating func prefix(of operation: JSONValue, in item: JSONObject, _ name: String) -> String {
        if let basePath { return basePath }
        guard let servers = document.servers(of: operation, in: item) else {
            return document.prefix(of: document.servers, before: target)
        }
        let own = document.server(of: servers, for: target)
        if let host = own?.host, host != document.server(of: document.servers, for: target)?.host {
            foreign.append(name)
        }
        return document.prefix(of: servers, before: target)
    }

    private mutating func endpoint(
        _ method: String,
        _ path: String,
        _ operation: JSONValue,
        of item: JSONObject
    ) -> Scenario.Endpoint {
        document.files.schemasLeft = OpenAPIFiles.maximumSchemas
        defer { if document.files.schemasLeft == 0 { crowded += 1 } }
        var endpoint = Scenario.Endpoint(method: method, path: path)
        endpoint.summary = document.summary(of: operation, in: item)
        if summaryBytes + endpoint.summary.utf8.count > Self.maximumSummaryBytes {
            titled += 1
            endpoint.summary = document.title(of: operation, atMost: Self.maximumTitleBytes)
        }
        summaryBytes += endpoint.summary.utf8.count
        if let body = document.body(of: operation, in: item) { add(body, to: &endpoint) }
        return endpoint
    }

    private mutating func add(_ body: OpenAPIDocument.Body, to endpoint: inout Scenario.Endpoint) {
        endpoint.bodyType = body.contentType
        guard body.isJSON || body.isForm else {
            // Whatever else it is, it is written as a text.
            endpoint.body = ["type": "string"]
            return
        }
        guard schemaless == 0 else { return schemaless += 1 }
        switch BodySchema.reduced(body.schema, in: document, takesFiles: body.takesFiles) {
        case .schema(let schema):
            let size = schema.utf8.count
            guard schemaBytes + size <= Self.maximumSchemaBytes else { return schemaless += 1 }
            schemaBytes += size
            endpoint.body = schema
        case .tooLarge:
            let name = "\(endpoint.method) \(endpoint.path.prefix(80))"
            result.remarks.append(
                "without the schema of the body of \(name), which has more than \(BodySchema.maximumBytes) bytes"
            )
        case .unknown: break
        }
    }

    /// Says what was cut, and which references within operations lead nowhere.
    private mutating func remark() {
        if schemaless > 0 {
            result.remarks.append(
                "without the schemas of the bodies of \(schemaless.counting("operation")): "
                    + "at most \(Self.maximumSchemaBytes) bytes of them are kept"
            )
        }
        if titled > 0 {
            result.remarks.append(
                "with the summaries of \(titled.counting("operation")) cut to titles: "
                    + "at most \(Self.maximumSummaryBytes) bytes of them are kept"
            )
        }
        if crowded > 0 {
            result.remarks.append(
                "without all fields of \(crowded.counting("operation")): at most \(OpenAPIFiles.maximumSchemas) schemas are "
                    + "looked at for one"
            )
        }
        if let first = foreign.first {
            let more = foreign.count > 1 ? " and \(foreign.count - 1) more" : ""
            result.remarks.append("as if \(first.prefix(80))\(more) were at `url`: its own server is another host")
        }
        let items = result.leftOut.map(\.reason)
        for (reference, reason) in document.files.failures {
            let text = document.reason(for: reference)
            guard !items.contains(text) else { continue }
            result.remarks.append("without what is at \(document.files.shown(reference)), which \(reason)")
        }
    }

    /// A path whose parameters have names without spaces, which stand in no request line.
    private static func withPlainNames(_ path: String) -> String {
        var depth = 0
        return String(
            path.map { character in
                if character == "{" { depth += 1 }
                if character == "}" { depth -= 1 }
                return depth > 0 && character.isWhitespace ? "_" : character
            }
        )
    }
}
