import ApeCore

extension ModelRequest {
    /// The blocks of one message's content.
    private struct Blocks {
        var text: Range<Int>?
        var calls: [Call] = []
        var results: [Range<Int>?] = []
    }

    /// Reads `messages` of Messages: each result of a call becomes a message of its own.
    static func blockMessages(_ scanner: inout JSONScanner) throws(ApeError) -> [Message] {
        var messages: [Message] = []
        try objects(&scanner, "messages") { index, scanner throws(ApeError) in
            var role: Role?
            var blocks = Blocks()
            try scanner.walkObject { key, scanner throws(ApeError) in
                if scanner.holds("role", at: key) {
                    role = try self.role(&scanner, "messages[\(index)].role")
                } else if scanner.holds("content", at: key) {
                    blocks = try self.blocks(&scanner)
                } else {
                    try scanner.skipValue()
                }
            }
            guard let role, role == .user || role == .assistant else {
                throw ApeError(.json, "messages[\(index)].role must be user or assistant")
            }
            messages += blocks.results.map { Message(role: .tool, content: $0) }
            if role == .assistant || blocks.results.isEmpty || blocks.text != nil {
                messages.append(Message(role: role, content: blocks.text, calls: blocks.calls))
            }
        }
        return messages
    }

    private static func blocks(_ scanner: inout JSONScanner) throws(ApeError) -> Blocks {
        var blocks = Blocks()
        guard scanner.peek() == UInt8(ascii: "[") else {
            blocks.text = try string(&scanner)
            return blocks
        }
        try scanner.scanArray { _, scanner throws(ApeError) in
            guard scanner.peek() == UInt8(ascii: "{") else { return try scanner.skipValue() }
            var (type, call) = ("", Call())
            var (text, result): (Range<Int>?, Range<Int>?) = (nil, nil)
            try scanner.walkObject { key, scanner throws(ApeError) in
                if scanner.holds("type", at: key) {
                    type = try self.text(&scanner, "a block's type")
                } else if scanner.holds("text", at: key) {
                    text = try string(&scanner)
                } else if scanner.holds("name", at: key) {
                    call.name = try self.text(&scanner, "a tool call's name")
                } else if scanner.holds("content", at: key) {
                    result = try content(&scanner)
                } else if scanner.holds("input", at: key) {
                    let start = start(&scanner)
                    try scanner.skipValue()
                    call.arguments = start..<scanner.position
                } else {
                    try scanner.skipValue()
                }
            }
            switch type {
            case "text": blocks.text = blocks.text ?? text
            case "tool_use": blocks.calls.append(call)
            case "tool_result": blocks.results.append(result)
            default: break
            }
        }
        return blocks
    }
}
