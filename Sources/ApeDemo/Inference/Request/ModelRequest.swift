import ApeCore

/// The parts of a request that its answer depends on, whichever API it was made in. Long texts are kept as the ranges of
/// their JSON strings in the body, since most of them are never read.
struct ModelRequest: Sendable {
    enum Role: String, Sendable {
        case system, developer, user, assistant, tool
    }

    struct Message: Sendable {
        var role: Role
        /// The JSON string of the content, or of its first text part where the content is a list of parts.
        var content: Range<Int>?
        var calls: [Call] = []
    }

    struct Call: Sendable {
        var name = ""
        /// The arguments: a JSON string that contains their JSON, or the JSON object itself.
        var arguments: Range<Int>?
    }

    /// Where the parts of the prompt stand in the body, in the order in which a model reads them.
    struct PromptParts: Sendable {
        var tools: Range<Int>?
        var system: Range<Int>?
        /// Without the closing bracket, so that a longer conversation begins with a shorter one's bytes.
        var conversation: Range<Int>?
    }

    let api: Scenario.InferenceAPI
    let body: [UInt8]
    private(set) var model = "ape-demo"
    private(set) var isStreamed = false
    private(set) var includesUsage = false
    /// Whether reasoning items are to come with their `encrypted_content`.
    private(set) var includesEncryptedReasoning = false
    /// The names of the offered tools.
    private(set) var tools: [String] = []
    /// What calls name as their target; nil where the schemas that came with the request have no such argument.
    private(set) var target: String? = Planner.defaultTarget
    /// The system text first, whatever member it came in.
    private(set) var messages: [Message] = []
    private(set) var parts = PromptParts()

    /// Reads a request's body.
    ///
    /// - Throws: ``ApeError`` of code `json` that says what is wrong with the body.
    init(parsing body: [UInt8], api: Scenario.InferenceAPI) throws(ApeError) {
        self.api = api
        self.body = body
        var scanner = JSONScanner(body)
        try readMembers(&scanner)
        try scanner.finish()
        guard !messages.isEmpty else {
            throw ApeError(.json, "\(api == .responses ? "input" : "messages") is missing or empty")
        }
        if let system = parts.system { messages.insert(Message(role: .system, content: system), at: 0) }
    }

    private mutating func readMembers(_ scanner: inout JSONScanner) throws(ApeError) {
        guard scanner.peek() == UInt8(ascii: "{") else { return try scanner.expect(UInt8(ascii: "{")) }
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("model", at: key) {
                model = try Self.text(&scanner, "model")
            } else if scanner.holds("stream", at: key) {
                isStreamed = try scanner.takeValue().bool ?? false
            } else if scanner.holds("tools", at: key) {
                let start = Self.start(&scanner)
                try readTools(&scanner)
                parts.tools = start..<scanner.position
            } else if scanner.holds(api == .responses ? "input" : "messages", at: key) {
                let start = Self.start(&scanner)
                try readConversation(&scanner)
                parts.conversation = start..<(scanner.position - 1)
            } else {
                try readMember(key, &scanner)
            }
        }
    }

    /// Reads a member that not all APIs have.
    private mutating func readMember(_ key: Range<Int>, _ scanner: inout JSONScanner) throws(ApeError) {
        let (system, format): (StaticString?, StaticString) =
            switch api {
            case .chat: (nil, "response_format")
            case .responses: ("instructions", "text")
            case .messages: ("system", "output_config")
            }
        if let system, scanner.holds(system, at: key) {
            parts.system = try Self.content(&scanner)
        } else if scanner.holds(format, at: key) {
            readFormat(try scanner.takeValue())
        } else if api == .chat, scanner.holds("stream_options", at: key) {
            includesUsage = try scanner.takeValue()["include_usage"]?.bool ?? false
        } else if api == .responses, scanner.holds("include", at: key) {
            let wanted = try scanner.takeValue().array ?? []
            includesEncryptedReasoning = wanted.contains("reasoning.encrypted_content")
        } else {
            try scanner.skipValue()
        }
    }

    private mutating func readConversation(_ scanner: inout JSONScanner) throws(ApeError) {
        messages =
            switch api {
            case .chat: try Self.chatMessages(&scanner)
            case .responses: try Self.inputItems(&scanner)
            case .messages: try Self.blockMessages(&scanner)
            }
    }

    /// Reads the schema of answers in JSON mode.
    private mutating func readFormat(_ format: JSONValue) {
        if let schema = format.schema { target = schema.target }
    }

    private mutating func readTools(_ scanner: inout JSONScanner) throws(ApeError) {
        let offered = try OfferedTools(&scanner)
        tools = offered.names
        if offered.haveSchemas { target = offered.target }
    }

    /// Whether the prompt is looked for in the cache and put there: Messages caches only what is marked.
    var usesCache: Bool { api != .messages || MemberText.find("\"cache_control\"", in: body[...]) != nil }

    /// The text of a JSON string in the body; empty where its bytes are not UTF-8.
    func text(_ range: Range<Int>) -> String {
        var scanner = JSONScanner(body, in: range)
        return (try? scanner.takeString()) ?? ""
    }

    /// A call's arguments as JSON.
    func arguments(_ range: Range<Int>) -> [UInt8] {
        guard body[range.lowerBound] == UInt8(ascii: "\"") else { return Array(body[range]) }
        var plain: [UInt8] = []
        plain.reserveCapacity(range.count)
        var index = range.lowerBound + 1
        while index < range.upperBound - 1 {
            if body[index] == UInt8(ascii: "\\") {
                index += 1
                // Other escapes are rare in JSON that was written on one line.
                guard body[index] == UInt8(ascii: "\"") || body[index] == UInt8(ascii: "\\") else {
                    return Array(text(range).utf8)
                }
            }
            plain.append(body[index])
            index += 1
        }
        return plain
    }
}
