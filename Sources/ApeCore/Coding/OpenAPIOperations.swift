/// The operations of an OpenAPI document: those that agents can use, and why the others are left out.
struct OpenAPIOperations {
    var endpoints: [Scenario.Endpoint] = []
    var leftOut: [OpenAPILeftOut] = []
    /// What of an endpoint is left out, as sentences without the file's name.
    var remarks: [String] = []
    /// How many are there but were not chosen.
    var unchosen = 0
}

/// An operation of an OpenAPI document that agents do not have as an endpoint.
package struct OpenAPILeftOut: Sendable, Equatable, CustomStringConvertible {
    /// Nil where it is not known which methods the path has.
    package var method: String?
    /// As the document has it.
    package var path: String
    package var reason: String

    /// `TRACE /users: agents do not send TRACE`
    package var description: String {
        ([method, String(path.prefix(120))].compactMap(\.self).joined(separator: " ")) + ": " + reason
    }

    /// The same as `ape-test check --json` lists it.
    var document: JSONValue {
        var members = JSONObject()
        members["method"] = method.map { .string($0) }
        members["path"] = .string(path)
        members["reason"] = .string(reason)
        return .object(members)
    }
}
