/// What the model said in one answer. The next requests say it to the model again.
package struct ModelTurn: Sendable, Equatable {
    package var content: String
    package var calls: [ToolCall] = []

    package init(content: String, calls: [ToolCall] = []) {
        self.content = content
        self.calls = calls
    }
}
