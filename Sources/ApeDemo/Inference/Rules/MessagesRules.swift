import ApeCore

/// What endpoints of Messages refuse in a conversation.
enum MessagesRules {
    /// Checks that messages say something, that roles alternate, and that each call's result stands first in the next
    /// message.
    static func checkTurns(_ messages: [JSONValue]) throws(Refusal) {
        var calls: Set<String> = []
        for (index, message) in messages.enumerated() {
            let blocks = blocks(of: message)
            try checkContent(message, blocks, index)
            if index > 0, messages[index - 1]["role"] == message["role"],
                self.blocks(of: messages[index - 1]).first?["type"] != "tool_result"
            {
                throw Refusal(
                    message: "messages: roles must alternate between \"user\" and \"assistant\", but found multiple "
                        + "\"\(message["role"]?.string ?? "")\" roles in a row"
                )
            }
            try checkResults(blocks, of: &calls, index)
            for block in blocks where block["type"] == "tool_use" { calls.insert(block["id"]?.string ?? "") }
        }
        try checkAnswered(calls, messages.count - 1)
    }

    private static func checkContent(_ message: JSONValue, _ blocks: [JSONValue], _ index: Int) throws(Refusal) {
        if message["content"]?.isEmptyContent != false {
            throw Refusal(message: "messages.\(index): all messages must have non-empty content")
        }
        if blocks.contains(where: { $0["type"] == "text" && $0["text"] == "" }) {
            throw Refusal(message: "messages: text content blocks must be non-empty")
        }
    }

    /// Takes the results that a message begins with from the calls that wait for theirs.
    private static func checkResults(
        _ blocks: [JSONValue],
        of calls: inout Set<String>,
        _ index: Int
    ) throws(Refusal) {
        let leading = blocks.prefix { $0["type"] == "tool_result" }.count
        for (place, block) in blocks.enumerated() {
            if place == leading { try checkAnswered(calls, index - 1) }
            guard block["type"] == "tool_result" else { continue }
            let id = block["tool_use_id"]?.string ?? ""
            guard calls.remove(id) != nil else {
                throw Refusal(
                    message: "messages.\(index).content.\(place): unexpected `tool_use_id` found in `tool_result` "
                        + "blocks: \(id). Each `tool_result` block must have a corresponding `tool_use` block in the "
                        + "previous message."
                )
            }
        }
        try checkAnswered(calls, index - 1)
    }

    private static func checkAnswered(_ calls: Set<String>, _ index: Int) throws(Refusal) {
        guard calls.isEmpty else {
            throw Refusal(
                message: "messages.\(index): `tool_use` ids were found without `tool_result` blocks immediately after: "
                    + calls.sorted().joined(separator: ", ") + ". Each `tool_use` block must have a corresponding "
                    + "`tool_result` block in the next message."
            )
        }
    }

    /// Checks that a message with calls begins with its thinking, and that all thinking is as it was.
    static func checkReasoning(_ messages: [JSONValue]) throws(Refusal) {
        for (index, message) in messages.enumerated() where message["role"] == "assistant" {
            let blocks = blocks(of: message)
            let callID = blocks.first { $0["type"] == "tool_use" }?["id"]?.string
            let firstType = blocks.first?["type"]?.string ?? ""
            if callID != nil, firstType != "thinking", firstType != "redacted_thinking" {
                throw Refusal(
                    message: "messages.\(index).content.0.type: Expected `thinking` or `redacted_thinking`, but found "
                        + "`\(firstType)`. When `thinking` is enabled, a final `assistant` message must start with a "
                        + "thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks)."
                )
            }
            for (place, block) in blocks.enumerated() where block["type"] == "thinking" {
                guard let signature = block["signature"]?.string else {
                    throw Refusal(message: "messages.\(index).content.\(place).thinking.signature: Field required")
                }
                guard signature == ThoughtSignature.text(of: block["thinking"]?.string ?? "", callID: callID) else {
                    throw Refusal(
                        message: "messages.\(index).content.\(place): `thinking` or `redacted_thinking` blocks in the "
                            + "latest assistant message cannot be modified. These blocks must remain as they were in "
                            + "the original response."
                    )
                }
            }
        }
    }

    private static func blocks(of message: JSONValue) -> [JSONValue] { message["content"]?.array ?? [] }
}
