import ApeCore

extension ModelRequest {
    /// Reads `messages` of Chat Completions.
    static func chatMessages(_ scanner: inout JSONScanner) throws(ApeError) -> [Message] {
        var messages: [Message] = []
        try objects(&scanner, "messages") { index, scanner throws(ApeError) in
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

    private static func calls(_ scanner: inout JSONScanner) throws(ApeError) -> [Call] {
        var calls: [Call] = []
        try scanner.walkArray { _, scanner throws(ApeError) in
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

    /// Reads the members of the `function` object of a tool call.
    private static func function(
        _ scanner: inout JSONScanner,
        _ member: (_ key: String, _ scanner: inout JSONScanner) throws(ApeError) -> Void
    ) throws(ApeError) {
        guard scanner.peek() == UInt8(ascii: "{") else { return try scanner.skipValue() }
        try scanner.scanObject { key, scanner throws(ApeError) in
            guard key == "function", scanner.peek() == UInt8(ascii: "{") else { return try scanner.skipValue() }
            try scanner.scanObject(member)
        }
    }
}
