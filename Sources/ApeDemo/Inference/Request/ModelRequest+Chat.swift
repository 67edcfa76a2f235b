import ApeCore

extension ModelRequest {
    /// Reads `messages` of Chat Completions.
    static func chatMessages(_ scanner: inout JSONScanner) throws(ApeError) -> [Message] {
        var messages: [Message] = []
        try objects(&scanner, "messages") { index, scanner throws(ApeError) in
            var role: Role?
            var (content, calls): (Range<Int>?, [Call]) = (nil, [])
            try scanner.walkObject { key, scanner throws(ApeError) in
                if scanner.holds("role", at: key) {
                    role = try self.role(&scanner, "messages[\(index)].role")
                } else if scanner.holds("content", at: key) {
                    content = try self.content(&scanner)
                } else if scanner.holds("tool_calls", at: key) {
                    calls = try self.calls(&scanner)
                } else {
                    try scanner.skipValue()
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
                if scanner.holds("name", at: key) {
                    call.name = try text(&scanner, "a tool call's name")
                } else if scanner.holds("arguments", at: key) {
                    call.arguments = try string(&scanner)
                } else {
                    try scanner.skipValue()
                }
            }
            calls.append(call)
        }
        return calls
    }

    /// Reads the members of the `function` object of a tool call.
    private static func function(
        _ scanner: inout JSONScanner,
        _ member: (_ key: Range<Int>, _ scanner: inout JSONScanner) throws(ApeError) -> Void
    ) throws(ApeError) {
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("function", at: key) { try scanner.walkObject(member) } else { try scanner.skipValue() }
        }
    }
}
