/// What the model said in one answer. The next requests say it to the model again.
package struct ModelTurn: Sendable, Equatable {
    package var content: String
    package var calls: [ToolCall] = []
}
