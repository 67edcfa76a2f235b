import ApeCore

/// The parts of a chat completion request that its answer depends on. Long texts are kept as the ranges of their JSON
/// strings in the body, since most of them are never read.
struct ChatRequest: Sendable {
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
        /// The JSON string that contains the arguments' JSON.
        var arguments: Range<Int>?
    }

    let body: [UInt8]
    var model = "ape-demo"
    var isStreamed = false
    var includesUsage = false
    /// The names of the offered tools.
    var tools: [String] = []
    /// The first target that the first tool's schema allows.
    var target: String?
    var messages: [Message] = []

    /// Reads a request's body.
    ///
    /// - Throws: ``ApeError`` of code `json` that says what is wrong with the body.
    init(parsing body: [UInt8]) throws(ApeError) {
        self.body = body
        var scanner = JSONScanner(body)
        var request = (model: model, isStreamed: false, includesUsage: false)
        var (tools, target): ([String], String?) = ([], nil)
        var messages: [Message]?
        try scanner.scanObject { key, scanner throws(ApeError) in
            switch key {
            case "model": request.model = try Self.text(&scanner, "model")
            case "stream": request.isStreamed = try scanner.takeValue().bool ?? false
            case "stream_options": request.includesUsage = try scanner.takeValue()["include_usage"]?.bool ?? false
            case "tools": (tools, target) = try Self.tools(&scanner)
            case "messages": messages = try Self.messages(&scanner)
            default: try scanner.skipValue()
            }
        }
        try scanner.finish()
        guard let messages, !messages.isEmpty else { throw ApeError(.json, "messages is missing or empty") }
        (model, isStreamed, includesUsage) = request
        self.tools = tools
        self.target = target
        self.messages = messages
    }

    /// The text of a JSON string in the body; empty where its bytes are not UTF-8.
    func text(_ range: Range<Int>) -> String {
        var scanner = JSONScanner(body, in: range)
        return (try? scanner.takeString()) ?? ""
    }
}

extension ChatRequest {
    /// The longest name in a request, in bytes.
    private static let maximumNameBytes = 256

    static func text(_ scanner: inout JSONScanner, _ name: String) throws(ApeError) -> String {
        guard scanner.peek() == UInt8(ascii: "\"") else { throw ApeError(.json, "\(name) must be a string") }
        let text = try scanner.takeString()
        guard text.utf8.count <= maximumNameBytes else {
            throw ApeError(.json, "\(name) is longer than \(maximumNameBytes) bytes")
        }
        return text
    }

    /// Skips a value.
    ///
    /// - Returns: the range of a string; nil for any other value.
    private static func string(_ scanner: inout JSONScanner) throws(ApeError) -> Range<Int>? {
        guard scanner.peek() == UInt8(ascii: "\"") else {
            try scanner.skipValue()
            return nil
        }
        let start = scanner.position
        try scanner.skipString()
        return start..<scanner.position
    }

    private static func messages(_ scanner: inout JSONScanner) throws(ApeError) -> [Message] {
        guard scanner.peek() == UInt8(ascii: "[") else { throw ApeError(.json, "messages must be an array") }
        var messages: [Message] = []
        try scanner.scanArray { index, scanner throws(ApeError) in
            guard scanner.peek() == UInt8(ascii: "{") else {
                throw ApeError(.json, "messages[\(index)] must be an object")
            }
            var role: Role?
            var (content, calls): (Range<Int>?, [Call]) = (nil, [])
            try scanner.scanObject { key, scanner throws(ApeError) in
                switch key {
                case "role": role = Role(rawValue: try text(&scanner, "messages[\(index)].role"))
                case "content": content = try self.content(&scanner)
                case "tool_calls": calls = try self.calls(&scanner)
                default: try scanner.skipValue()
                }
            }
            guard let role else { throw ApeError(.json, "messages[\(index)].role is missing or not known") }
            messages.append(Message(role: role, content: content, calls: calls))
        }
        return messages
    }

    private static func content(_ scanner: inout JSONScanner) throws(ApeError) -> Range<Int>? {
        guard scanner.peek() == UInt8(ascii: "[") else { return try string(&scanner) }
        var first: Range<Int>?
        try scanner.scanArray { _, scanner throws(ApeError) in
            guard scanner.peek() == UInt8(ascii: "{") else { return try scanner.skipValue() }
            try scanner.scanObject { key, scanner throws(ApeError) in
                let text = try string(&scanner)
                if key == "text", first == nil { first = text }
            }
        }
        return first
    }

    private static func calls(_ scanner: inout JSONScanner) throws(ApeError) -> [Call] {
        guard scanner.peek() == UInt8(ascii: "[") else {
            try scanner.skipValue()
            return []
        }
        var calls: [Call] = []
        try scanner.scanArray { _, scanner throws(ApeError) in
            var call = Call()
            try function(&scanner) { key, scanner throws(ApeError) in
                switch key {
                case "name": call.name = try text(&scanner, "a tool call's name")
                case "arguments": call.arguments = try string(&scanner)
                default: try scanner.skipValue()
                }
            }
            calls.append(call)
        }
        return calls
    }
}
