import ApeCore
import ApeInference

/// Fills templates from a session's state, and remembers whether anything received was used.
struct TemplateValues {
    private let state: SessionState
    private(set) var hasUsedReceived = false
    /// The name that was asked for last and has no value.
    private var missing: String?

    init(state: SessionState) {
        self.state = state
    }

    mutating func render(_ text: String) throws(ApeError) -> String {
        try filling { values throws(ApeError) in try Template.render(text) { values.value($0) } }
    }

    mutating func render(_ value: JSONValue) throws(ApeError) -> JSONValue {
        try filling { values throws(ApeError) in try value.rendered { values.value($0) } }
    }

    /// Fills a path: what stands for a part of it is percent-encoded, what begins it is an address itself.
    ///
    /// - Returns: the path, and the value that it begins with. A received address behind a slash of the scenario's own is
    ///   meant to begin it.
    mutating func renderPath(_ path: String) throws(ApeError) -> (text: String, lead: SessionState.Entry?) {
        var template = Template(path)
        if path.hasPrefix("/{{") {
            let behind = Template(String(path.dropFirst()))
            if let lead = behind.leadingName.flatMap(state.entry), lead.origin.isReceived, lead.value.isAddress {
                template = behind
            }
        }
        let lead = template.leadingName.flatMap(state.entry)
        var isFirst = template.leadingName != nil
        let text = try filling { values throws(ApeError) in
            try template.render { name in
                defer { isFirst = false }
                guard let value = values.value(name) else { return nil }
                return isFirst ? value : PercentEncoding.component(value)
            }
        }
        return (text, lead)
    }

    /// Fills a template; nil where a value is missing.
    mutating func renderIfPossible(_ template: Template) -> String? {
        try? template.render { value($0) }
    }

    private mutating func value(_ name: String) -> String? {
        guard let entry = state.entry(name) else {
            missing = name
            return nil
        }
        if entry.origin.isReceived { hasUsedReceived = true }
        return entry.value
    }

    private mutating func filling<Value>(
        _ body: (inout Self) throws(ApeError) -> Value
    ) throws(ApeError) -> Value {
        do {
            return try body(&self)
        } catch {
            let reason = missing.flatMap { state.miss(of: $0) }.map { ": \($0)" }
            throw ApeError(
                error.code,
                "\(error.message)" + (reason ?? "; use names that are listed as known, or capture it first")
            )
        }
    }
}

extension String {
    /// Whether it is an address from the root of a host on, or with the host.
    fileprivate var isAddress: Bool {
        let start = utf8.prefix(8).map { $0 | 0x20 }
        return utf8.first == UInt8(ascii: "/") || start.starts(with: "http://".utf8.map { $0 | 0x20 })
            || start.starts(with: "https://".utf8.map { $0 | 0x20 })
    }
}
