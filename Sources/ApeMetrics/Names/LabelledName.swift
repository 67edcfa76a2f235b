import ApeCore

/// What tells the members of a family of counters or series apart.
package enum LabelKey: String, Sendable {
    case failure
    case goal
    case part
    case peer
    case reason
    case route
    case series
    case status
}

/// Names of the form `family{label=value}`. A value may itself hold braces, as routes do.
enum LabelledName {
    static func text(_ family: String, _ label: LabelKey, _ value: String) -> String {
        "\(family){\(label.rawValue)=\(value.shortened(to: WindowBounds.labelBytes))}"
    }

    /// The name of the same family and label with another value; nil without a label.
    static func replacing(_ value: String?, of name: String, with other: String) -> String? {
        value.map { name[..<name.utf8.index(name.endIndex, offsetBy: -$0.utf8.count - 1)] + other + "}" }
    }

    /// Whether the part before a label is `family`.
    static func isOf(_ family: String, _ name: String) -> Bool {
        let rest = name.utf8.dropFirst(family.utf8.count)
        return name.utf8.starts(with: family.utf8) && (rest.isEmpty || rest.first == UInt8(ascii: "{"))
    }

    static func labelValue(of name: String) -> String? {
        guard let open = name.firstIndex(of: "{"), name.hasSuffix("}"),
            let equals = name[open...].firstIndex(of: "=")
        else { return nil }
        return String(name[name.index(after: equals)...].dropLast())
    }
}
