import ApeCore

/// Which members an object of a request may and must have. Values of another kind than a shape describes are let
/// through, since their members are not the point.
indirect enum MemberShape: Sendable {
    case anything
    case object([String: MemberShape], required: [String])
    case list(MemberShape)
    /// Objects whose shape is that of the value of their member `key`, or of `fallback` where they have none.
    case tagged(key: String, fallback: String?, [String: MemberShape])

    /// The first member that is unknown or missing, in the words of a server that validates with Pydantic; nil where
    /// there is none.
    func problem(in value: JSONValue, at place: [String] = []) -> String? {
        switch (self, value) {
        case (.object(let known, let required), .object(let members)):
            if let name = members.keys.first(where: { known[$0] == nil }) {
                return Self.text(place + [name], "Extra inputs are not permitted")
            }
            if let name = required.first(where: { members[$0] == nil }) {
                return Self.text(place + [name], "Field required")
            }
            return members.lazy.compactMap { known[$0.key]?.problem(in: $0.value, at: place + [$0.key]) }.first
        case (.list(let element), .array(let elements)):
            return elements.enumerated().lazy.compactMap { index, value in
                element.problem(in: value, at: place + ["\(index)"])
            }.first
        case (.tagged(let key, let fallback, let shapes), .object(let members)):
            guard let tag = members[key]?.string ?? fallback else {
                return Self.text(place, "Unable to extract tag using discriminator '\(key)'")
            }
            guard let shape = shapes[tag] else {
                return Self.text(
                    place,
                    "Input tag '\(tag)' found using '\(key)' does not match any of the expected tags: "
                        + shapes.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
                )
            }
            return shape.problem(in: value, at: place + [tag])
        default: return nil
        }
    }

    private static func text(_ place: [String], _ words: String) -> String {
        place.joined(separator: ".") + ": " + words
    }
}

extension MemberShape {
    /// An object of members of any value, and of some of a shape.
    ///
    /// - Parameters:
    ///   - names: the members of any value, separated by spaces; those that end in `!` are required.
    ///   - shaped: the other members.
    /// - Returns: the object's shape.
    static func members(_ names: String, _ shaped: [String: MemberShape] = [:]) -> MemberShape {
        var known = shaped
        var required: [String] = []
        for word in names.split(separator: " ") {
            let name = String(word.hasSuffix("!") ? word.dropLast() : word)
            if known[name] == nil { known[name] = .anything }
            if word.hasSuffix("!") { required.append(name) }
        }
        return .object(known, required: required)
    }
}
