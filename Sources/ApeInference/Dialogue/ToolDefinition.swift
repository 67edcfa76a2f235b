import ApeCore

/// A tool as a model is told of it.
package struct ToolDefinition: Sendable, Equatable {
    package var name: String
    /// One line for the model.
    package var description: String
    /// The JSON Schema of the arguments.
    package var parameters: JSONValue

    package init(name: String, description: String, parameters: JSONValue) {
        self.name = name
        self.description = description
        self.parameters = parameters
    }
}
