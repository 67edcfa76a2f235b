import ApeCore

/// What endpoints of Chat Completions refuse in a conversation.
enum ChatRules {
    /// Checks that assistant messages say something, and that calls and results belong together.
    static func checkTurns(_ messages: [JSONValue]) throws(Refusal) {
        var open: [String] = []
        for (index, message) in messages.enumerated() {
            if message["role"] == "tool" {
                let id = message["tool_call_id"]?.string ?? ""
                guard let place = open.firstIndex(of: id) else {
                    throw Refusal(
                        message: "Invalid parameter: messages with role 'tool' must be a response to a preceeding "
                            + "message with 'tool_calls' (messages.\(index))."
                    )
                }
                open.remove(at: place)
                continue
            }
            try checkAnswered(open)
            guard message["role"] == "assistant" else { continue }
            let calls = message["tool_calls"]?.array ?? []
            guard !calls.isEmpty || message["content"]?.isEmptyContent == false else {
                throw Refusal(
                    message:
                        "messages.\(index): Assistant message must have either content or tool_calls, but not none."
                )
            }
            open = calls.map { $0["id"]?.string ?? "" }
        }
        try checkAnswered(open)
    }

    private static func checkAnswered(_ open: [String]) throws(Refusal) {
        guard open.isEmpty else {
            throw Refusal(
                message: "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
                    + "'tool_call_id'. The following tool_call_ids did not have response messages: "
                    + open.joined(separator: ", ")
            )
        }
    }

    /// Checks that each assistant message has its reasoning, as DeepSeek does, and that its first call has its signature,
    /// as Gemini does.
    static func checkReasoning(_ messages: [JSONValue]) throws(Refusal) {
        for (index, message) in messages.enumerated() where message["role"] == "assistant" {
            guard let reasoning = message["reasoning_content"]?.string else {
                throw Refusal(
                    message: "The `reasoning_content` in the thinking mode must be passed back to the API."
                )
            }
            guard let call = message["tool_calls"]?[0] else { continue }
            guard let signature = call["extra_content"]?["google"]?["thought_signature"]?.string else {
                throw Refusal(
                    message: "Function call is missing a thought_signature in functionCall parts. This is required for "
                        + "tools to work correctly. Additional data, function call "
                        + "`default_api:\(call["function"]?["name"]?.string ?? "")`, position \(index).",
                    code: "INVALID_ARGUMENT"
                )
            }
            guard signature == ThoughtSignature.text(of: reasoning, callID: call["id"]?.string) else {
                throw Refusal(message: "Thought signature is not valid.", code: "INVALID_ARGUMENT")
            }
        }
    }
}
