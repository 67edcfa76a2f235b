import ApeCore

/// One content block of a Messages answer: as it began, and what was streamed into its members since.
struct ContentBlock {
    let index: Int64
    /// The block as its first event has it.
    private let start: [UInt8]
    private var text: [UInt8] = []
    private var thinking: [UInt8] = []
    private var signature: [UInt8] = []

    init(index: Int64, start: [UInt8]) {
        self.index = index
        self.start = start
    }

    /// Takes more raw string bytes of a member.
    mutating func append(_ bytes: ArraySlice<UInt8>, to member: BlockMember) {
        switch member {
        case .text: text += bytes
        case .thinking: thinking += bytes
        case .signature: signature += bytes
        }
    }

    /// The block as it goes back.
    ///
    /// - Parameter call: the call of this block, where it is one.
    /// - Returns: its JSON; nil for an empty text, which the API refuses.
    func bytes(call: ToolCall?) -> [UInt8]? {
        if let call {
            var writer = JSONWriter()
            writer.append("{\"type\":\"tool_use\",\"id\":")
            writer.write(string: call.id)
            writer.append(",\"name\":")
            writer.write(string: call.name)
            writer.append(",\"input\":")
            writer.bytes += Array(call.arguments.sentText.utf8)
            writer.append("}")
            return writer.bytes
        }
        guard var members = (try? JSONValue(parsing: start))?.object else { return nil }
        for (name, raw) in [("text", text), ("thinking", thinking), ("signature", signature)] where !raw.isEmpty {
            let more = (try? ToolCallAssembly.text(raw)) ?? ""
            members[name] = .string((members[name]?.string ?? "") + more)
        }
        if members["type"] == "text", members["text"]?.string?.utf8.allSatisfy({ $0 <= 0x20 }) ?? true { return nil }
        return JSONValue.object(members).utf8
    }
}
