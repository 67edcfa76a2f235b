import ApeCore

extension ModelRequest {
    private struct Item {
        var type = "message"
        var role: Role?
        var content: Range<Int>?
        var call = Call()
        var output: Range<Int>?
    }

    /// Reads `input` of Responses: one text, or items. Reasoning items say nothing to the planner.
    static func inputItems(_ scanner: inout JSONScanner) throws(ApeError) -> [Message] {
        if scanner.peek() == UInt8(ascii: "\"") { return [Message(role: .user, content: try string(&scanner))] }
        var messages: [Message] = []
        try objects(&scanner, "input") { index, scanner throws(ApeError) in
            let item = try self.item(&scanner, "input[\(index)]")
            switch item.type {
            case "message":
                guard let role = item.role else {
                    throw ApeError(.json, "input[\(index)].role is missing or not known")
                }
                messages.append(Message(role: role, content: item.content))
            case "function_call":
                // A turn's text and its calls are items of their own.
                if messages.last?.role == .assistant {
                    messages[messages.count - 1].calls.append(item.call)
                } else {
                    messages.append(Message(role: .assistant, calls: [item.call]))
                }
            case "function_call_output": messages.append(Message(role: .tool, content: item.output))
            default: break
            }
        }
        return messages
    }

    private static func item(_ scanner: inout JSONScanner, _ place: String) throws(ApeError) -> Item {
        var item = Item()
        try scanner.scanObject { key, scanner throws(ApeError) in
            switch key {
            case "type": item.type = try text(&scanner, "\(place).type")
            case "role": item.role = Role(rawValue: try text(&scanner, "\(place).role"))
            case "content": item.content = try content(&scanner)
            case "name": item.call.name = try text(&scanner, "\(place).name")
            case "arguments": item.call.arguments = try string(&scanner)
            case "output": item.output = try content(&scanner)
            default: try scanner.skipValue()
            }
        }
        return item
    }
}
