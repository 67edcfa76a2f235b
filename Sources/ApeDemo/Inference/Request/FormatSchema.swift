import ApeCore

/// What the format of answers in JSON mode says, in whichever form an API has it.
extension JSONValue {
    /// The first `schema` within.
    var schema: JSONValue? {
        guard let members = object else { return nil }
        if let schema = members["schema"], schema.object != nil { return schema }
        return members.lazy.compactMap(\.value.schema).first
    }

    /// The target that calls by this schema name; nil where no object within has such a property.
    var target: String? {
        if let property = self["properties"]?["target"] { return property["enum"]?[0]?.string ?? Planner.defaultTarget }
        if let members = object { return members.lazy.compactMap(\.value.target).first }
        return array?.lazy.compactMap(\.target).first
    }
}
