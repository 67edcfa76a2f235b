import ApeCore

/// What endpoints of Responses refuse in an input.
enum ResponsesRules {
    /// Checks that assistant messages say something, and that calls and results belong together.
    static func checkTurns(_ items: [JSONValue]) throws(Refusal) {
        var open: [String] = []
        for (index, item) in items.enumerated() {
            let id = item["call_id"]?.string ?? ""
            switch type(of: item) {
            case "function_call": open.append(id)
            case "function_call_output":
                guard let place = open.firstIndex(of: id) else {
                    throw Refusal(message: "No tool call found for function call output with call_id \(id).")
                }
                open.remove(at: place)
            case "message":
                if item["role"] == "user" { try checkAnswered(open) }
                if item["role"] == "assistant", item["content"]?.isEmptyContent != false {
                    throw Refusal(message: "Invalid 'input[\(index)].content': an assistant message must not be empty.")
                }
            default: break
            }
        }
        try checkAnswered(open)
    }

    private static func checkAnswered(_ open: [String]) throws(Refusal) {
        if let id = open.first { throw Refusal(message: "No tool output found for function call \(id).") }
    }

    static func noResponse(_ id: String) -> Refusal {
        Refusal(message: "Previous response with id '\(id)' not found.", code: "previous_response_not_found")
    }

    /// Checks that each turn of the model begins with its reasoning item, and that this is as it was. Where a provider
    /// would have stored it, its content may be left out.
    static func checkReasoning(_ items: [JSONValue], isStored: Bool) throws(Refusal) {
        var turn: [JSONValue] = []
        for item in items {
            if isOutput(item) {
                turn.append(item)
            } else {
                try checkTurn(turn, isStored: isStored)
                turn = []
            }
        }
        try checkTurn(turn, isStored: isStored)
    }

    private static func checkTurn(_ turn: [JSONValue], isStored: Bool) throws(Refusal) {
        guard let first = turn.first else { return }
        let callID = turn.first { type(of: $0) == "function_call" }?["call_id"]?.string
        guard type(of: first) == "reasoning" else {
            // A message without an identifier is the client's own.
            guard let id = first["id"]?.string ?? callID else { return }
            throw Refusal(
                message:
                    "Item '\(id)' of type '\(type(of: first))' was provided without its required 'reasoning' item: "
                    + "'rs_\(id.drop { $0 != "_" }.dropFirst())'."
            )
        }
        let id = first["id"]?.string ?? ""
        guard turn.count > 1 else {
            throw Refusal(
                message: "Item '\(id)' of type 'reasoning' was provided without its required following item."
            )
        }
        guard let encrypted = first["encrypted_content"]?.string else {
            if isStored { return }
            throw Refusal(
                status: 404,
                message: "Item with id '\(id)' not found. Items are not persisted when `store` is set to false. Try "
                    + "again with `store` set to true, or remove this item from your input."
            )
        }
        let reasoning = (first["summary"]?.array ?? []).compactMap { $0["text"]?.string }.joined()
        guard encrypted == ThoughtSignature.text(of: reasoning, callID: callID) else {
            throw Refusal(
                message: "The encrypted content for item \(id) could not be verified. Reason: Encrypted content could "
                    + "not be decrypted or parsed.",
                code: "invalid_encrypted_content"
            )
        }
    }

    private static func isOutput(_ item: JSONValue) -> Bool {
        switch type(of: item) {
        case "reasoning", "function_call": true
        case "message": item["role"] == "assistant"
        default: false
        }
    }

    private static func type(of item: JSONValue) -> String { item["type"]?.string ?? "message" }
}
