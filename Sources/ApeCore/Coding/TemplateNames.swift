/// The names that templates of one goal can take.
struct TemplateNames {
    /// Given to every session at its start.
    static let builtIn: Set<String> = ["agent", "session", "run", "random"]

    /// The goal's data and captures.
    var own: Set<String> = []
    /// Whether a model runs the goal, which can keep any value under any name.
    var isOpen = false

    /// Whether something can provide `name` at some time of the session.
    func canProvide(_ name: String) -> Bool {
        Self.builtIn.contains(name) || own.contains(name) || Capture.usualNames.contains(name)
            || name == Capture.addressName
    }
}

extension Capture {
    /// The names under which values are captured from every JSON answer without being asked for: an answer's member,
    /// at any depth that the agent looks at, of one of these names.
    package static let usualNames: [String] = [
        "token", "access_token", "refresh_token", "id_token", "csrf_token", "session_id", "id", "cart_id", "order_id",
        "user_id",
    ]

    /// The name under which every answer's header `Location` is captured.
    package static let addressName = "location"
}

extension ScenarioDecoder {
    /// A text with templates, whose names something must be able to provide.
    mutating func template(_ field: ScenarioField, atMost limit: Int = ScenarioDecoder.maximumTextBytes) -> String? {
        guard let text = text(field, atMost: limit) else { return nil }
        check(Template(text), at: field)
        return text
    }

    /// A JSON value whose texts may hold templates.
    mutating func templatedJSON(_ field: ScenarioField) -> JSONValue {
        switch field.node.content {
        case .text(let text): check(Template(text), at: field)
        case .list(let elements):
            for (index, element) in elements.enumerated() { _ = templatedJSON(field.element(index, element)) }
        case .map(let members):
            for member in members { _ = templatedJSON(field.member(member.key, member.value)) }
        default: break
        }
        return field.node.json
    }

    /// Looks for names that nothing provides, and for braces that open no template.
    mutating func check(_ template: Template, at field: ScenarioField) {
        for name in template.names where !names.canProvide(name) {
            let guess = Spelling.closest(to: name, among: names.own.union(TemplateNames.builtIn).sorted())
            let way = guess.map { "; did you mean {{\($0)}}?" } ?? "; add it to `data` or `capture`"
            if names.isOpen {
                warn("only the model itself can provide {{\(name)}}" + way, at: field)
            } else {
                problem("nothing provides {{\(name)}}" + way, at: field)
            }
        }
        for case .text(let literal) in template.segments where literal.contains("{{") {
            warn("`{{` opens no template here and stays as it is: a name has letters, digits, _, - and .", at: field)
        }
    }

    /// Headers by name. Values may hold templates.
    mutating func headers(_ field: ScenarioField, checkingNames: Bool = true) -> [Scenario.Header] {
        var seen: Set<String> = []
        return entries(field, atMost: 64).compactMap { name, value in
            guard Self.isHeaderName(name) else {
                problem("is no name of a header", at: value)
                return nil
            }
            if !seen.insert(name.lowercased()).inserted { problem("the header stands twice", at: value) }
            let text = checkingNames ? template(value, atMost: 8192) : text(value, atMost: 8192)
            guard let text else { return nil }
            guard !text.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else {
                problem("holds a line break or a control character, which no header can", at: value)
                return nil
            }
            return Scenario.Header(name: name, value: text)
        }
    }

    static func isHeaderName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 128 && name.utf8.allSatisfy(isTokenByte)
    }

    /// What names of headers are made of (RFC 9110, token).
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
