import ApeCore

/// A tool call as the model made it. Whether there is such a tool, and what it takes, is not checked yet.
package struct ToolCall: Sendable, Equatable {
    package var id: String
    package var name: String
    package var arguments: ToolArguments
    /// A JSON value that goes back with the call under `extra_content`; empty for none.
    var extra: [UInt8] = []
    /// The number that the stream gave it.
    var block: Int64?

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
