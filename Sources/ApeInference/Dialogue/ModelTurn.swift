/// What the model said in one answer. The next requests say it to the model again.
package struct ModelTurn: Sendable, Equatable {
    package var content: String
    package var calls: [ToolCall] = []
    /// What the model thought aloud; empty where the endpoint does not show it.
    package var thought = ""
    var carried = Carried()

    /// What goes back to the endpoint as it came, as JSON in the dialect's own form.
    struct Carried: Sendable, Equatable {
        /// Members of the model's message, each with a comma before it.
        var members: [UInt8] = []
        /// Parts, blocks or items, with commas between them.
        var content: [UInt8] = []
    }

    /// Whether it says nothing that a model can be reminded of: endpoints refuse such a turn.
    var isBlank: Bool { calls.isEmpty && content.utf8.allSatisfy { $0 <= 0x20 } }
}
