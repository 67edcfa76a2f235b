/// Which samples of a server's page a series takes: those of a name, and of them those whose labels have these values.
///
/// It is written as Prometheus has it, `vllm:num_requests_waiting{model_name="m"}`, with `=` alone.
package struct SeriesSelector: Sendable, Hashable {
    /// The longest text, in bytes.
    package static let maximumBytes = 256

    package let name: String
    /// By name.
    package let labels: [Label]

    /// A label and the value that it must have.
    package struct Label: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    /// Takes all samples of a name.
    package init(name: String) {
        self.name = name
        labels = []
    }

    /// Reads a selector.
    ///
    /// - Throws: ``ApeError`` of code `scenario` with what is wrong.
    package init(_ text: String) throws(ApeError) {
        guard text.utf8.count <= Self.maximumBytes else {
            throw ApeError(.scenario, "has \(text.utf8.count) bytes; a series has at most \(Self.maximumBytes)")
        }
        let brace = text.firstIndex(of: "{") ?? text.endIndex
        let name = Self.trimmed(text[..<brace])
        guard Self.isName(name, colons: true) else {
            throw ApeError(
                .scenario,
                "is no series such as vllm:num_requests_waiting or queue_depth{model=\"m\"}: a name has letters, digits, "
                    + "_ and :, and no digit first"
            )
        }
        self.name = name
        guard brace < text.endIndex else {
            labels = []
            return
        }
        var rest = text[text.index(after: brace)...]
        var labels: [Label] = []
        while true {
            rest = rest.drop { $0 == " " }
            if rest.first == "}" { break }
            let label = try Self.label(&rest)
            guard !labels.contains(where: { $0.name == label.name }) else {
                throw ApeError(.scenario, "names the label \(label.name) twice")
            }
            labels.append(label)
            rest = rest.drop { $0 == " " }
            if rest.first == "," { rest.removeFirst() } else if rest.first != "}" { throw Self.unclosed }
        }
        guard rest.dropFirst().allSatisfy({ $0 == " " }) else { throw Self.unclosed }
        self.labels = labels.sorted { $0.name < $1.name }
    }

    private static var unclosed: ApeError {
        ApeError(.scenario, "has labels that do not end: write {name=\"value\", other=\"value\"} behind the name")
    }

    private static func label(_ rest: inout Substring) throws(ApeError) -> Label {
        let name = trimmed(rest.prefix { $0 != "=" && $0 != "}" && $0 != "," })
        rest = rest.drop { $0 != "=" && $0 != "}" && $0 != "," }
        guard rest.first == "=", isName(name, colons: false) else {
            throw ApeError(.scenario, "has a label that is not written as name=\"value\"; only = is read")
        }
        rest = rest.dropFirst().drop { $0 == " " }
        guard rest.first == "\"" else {
            let value = trimmed(rest.prefix { $0 != "," && $0 != "}" })
            rest = rest.drop { $0 != "," && $0 != "}" }
            return Label(name: name, value: value)
        }
        rest.removeFirst()
        var value = ""
        while let next = rest.popFirst(), next != "\"" || rest.isEmpty {
            guard next != "\"" else { throw unclosed }
            guard next == "\\" else {
                value.append(next)
                continue
            }
            switch rest.popFirst() {
            case "n": value.append("\n")
            case let other?: value.append(other)
            case nil: throw unclosed
            }
        }
        return Label(name: name, value: value)
    }

    private static func isName(_ text: String, colons: Bool) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || colons && $0 == ":") }
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }

    /// As it is written, its labels by name.
    package var text: String {
        guard !labels.isEmpty else { return name }
        let words = labels.map { label in
            let value = label.value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                .replacing("\n", with: "\\n")
            return "\(label.name)=\"\(value)\""
        }
        return "\(name){\(words.joined(separator: ","))}"
    }
}
