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

/// A call that cannot be made: the reason goes back to the model.
package struct InvalidCall: Error, Equatable {
    package var reason: String

    package init(reason: String) {
        self.reason = reason
    }
}
