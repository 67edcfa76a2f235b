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

    private static func item(
        _ scanner: inout JSONScanner,
        _ place: @autoclosure () -> String
    ) throws(ApeError) -> Item {
        var item = Item()
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("type", at: key) {
                item.type = try text(&scanner, "\(place()).type")
            } else if scanner.holds("role", at: key) {
                item.role = try self.role(&scanner, "\(place()).role")
            } else if scanner.holds("content", at: key) {
                item.content = try content(&scanner)
            } else if scanner.holds("name", at: key) {
                item.call.name = try text(&scanner, "\(place()).name")
            } else if scanner.holds("arguments", at: key) {
                item.call.arguments = try string(&scanner)
            } else if scanner.holds("output", at: key) {
                item.output = try content(&scanner)
            } else {
                try scanner.skipValue()
            }
        }
        return item
    }
}
