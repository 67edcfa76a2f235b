import ApeCore

/// A tool as a model is told of it.
package struct ToolDefinition: Sendable, Equatable {
    package var name: String
    /// One line for the model.
    package var description: String
    /// The JSON Schema of the arguments.
    package var parameters: JSONValue
    /// The same as constrained decoding can hold a model to; nil where the arguments are not known so exactly.
    package var strictParameters: JSONValue?

    package init(name: String, description: String, parameters: JSONValue, strictParameters: JSONValue? = nil) {
        self.name = name
        self.description = description
        self.parameters = parameters
        self.strictParameters = strictParameters
    }

    /// The schema of the arguments, as exact as it is asked for and known.
    func schema(isStrict: Bool) -> JSONValue {
        isStrict ? strictParameters ?? parameters : parameters
    }
}
