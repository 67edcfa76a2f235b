import ApeCore

/// A tool call as the model made it. Whether there is such a tool, and what it takes, is not checked yet.
package struct ToolCall: Sendable, Equatable {
    package var id: String
    package var name: String
    package var arguments: ToolArguments

    package init(id: String, name: String, arguments: ToolArguments) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

extension ApeError.Code {
    /// A call that cannot be made: the message goes back to the model.
    package static let invalidCall = Self(rawValue: "invalid_call")
}
