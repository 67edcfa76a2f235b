import ApeCore

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

    /// Whether a list, a map or an alias may stand as a key, which a parser compares with the others in all its length: a
    /// few that aliases nest would keep it busy for ever. Like ``firstUse(in:)`` this looks at characters alone, and
    /// line by line, since a key ends on the line on which it begins.
    static func hasKeysOfValues(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).contains { line in
            let content = line.drop { " \t-".contains($0) }
            return content.hasPrefix("? ") || content == "?" || hasKeyOfValues(line)
        }
    }

    private static func hasKeyOfValues(_ line: Substring) -> Bool {
        /// Whether each bracket that is open stands where a value begins, and whether what was just closed did.
        var open: [Bool] = []
        var isValue = false
        /// The character before, and the last that was no blank.
        var before: Character = " "
        var last: Character = ":"
        for character in line {
            switch character {
            case "[", "{":
                open.append(":-,[{".contains(last))
                isValue = false
            case "]", "}": isValue = open.popLast() ?? true
            case "*": isValue = ":-,[{".contains(last)
            case ":" where isValue && before != "*", "?" where "[{,".contains(last): return true
            case " ", "\t": break
            default: isValue = isValue && !" \t]}".contains(before) && isNamePart(character)
            }
            before = character
            if character != " ", character != "\t" { last = character }
        }
        return false
    }

    private static func isNamePart(_ character: Character) -> Bool {
        character.unicodeScalars.allSatisfy(isNameScalar)
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
