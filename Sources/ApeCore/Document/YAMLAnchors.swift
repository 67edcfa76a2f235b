/// Finds YAML anchors that are used, before the text is parsed: a few nested aliases can stand for billions of values.
///
/// The search looks at characters alone, also inside quotes and prompts, so it never misses a use. It asks for `&name`
/// and a later `*name` of the same name, each where a value can begin, which no prose holds by chance.
enum YAMLAnchors {
    struct Use {
        var name: String
        var location: DocumentLocation
    }

    static func firstUse(in text: String) -> Use? {
        guard text.utf8.contains(UInt8(ascii: "&")), text.utf8.contains(UInt8(ascii: "*")) else { return nil }
        var anchors: Set<String> = []
        var location = DocumentLocation(line: 1, column: 0)
        var rest = text.unicodeScalars[...]
        var before: Unicode.Scalar = "\n"
        while let scalar = rest.popFirst() {
            location.column += 1
            if (scalar == "&" || scalar == "*") && beginsValue(after: before) {
                let name = String(String.UnicodeScalarView(rest.prefix(while: isNameScalar)))
                if scalar == "&" { anchors.insert(name) }
                if scalar == "*", anchors.contains(name), !name.isEmpty { return Use(name: name, location: location) }
            }
            if scalar == "\n" { location = DocumentLocation(line: location.line + 1, column: 0) }
            before = scalar
        }
        return nil
    }

    /// Whether a value, and with it an anchor or an alias, can begin after this character.
    private static func beginsValue(after scalar: Unicode.Scalar) -> Bool {
        !isNameScalar(scalar) || scalar == "-"
    }

    /// What names of anchors are made of.
    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            || scalar == "_" || scalar == "-"
    }
}
