import ApeCore
import ApeInference

/// Fills templates from a session's state, and remembers whether anything received was used.
struct TemplateValues {
    private let state: SessionState
    private(set) var hasUsedReceived = false

    init(state: SessionState) {
        self.state = state
    }

    mutating func render(_ text: String) throws(ApeError) -> String {
        try Self.catching { () throws(ApeError) in try Template.render(text) { value($0) } }
    }

    mutating func render(_ value: JSONValue) throws(ApeError) -> JSONValue {
        try Self.catching { () throws(ApeError) in try value.rendered { self.value($0) } }
    }

    /// Fills a path: what stands for a part of it is percent-encoded, what begins it is a path itself.
    mutating func renderPath(_ path: String) throws(ApeError) -> String {
        let template = Template(path)
        var isFirst = path.hasPrefix("{{")
        return try Self.catching { () throws(ApeError) in
            try template.render { name in
                defer { isFirst = false }
                guard let value = value(name) else { return nil }
                return isFirst ? value : PercentEncoding.component(value)
            }
        }
    }

    /// Fills a template; nil where a value is missing.
    mutating func renderIfPossible(_ template: Template) -> String? {
        try? template.render { value($0) }
    }

    private mutating func value(_ name: String) -> String? {
        guard let entry = state.entry(name) else { return nil }
        if entry.origin.isReceived { hasUsedReceived = true }
        return entry.value
    }

    private static func catching<Value>(
        _ body: () throws(ApeError) -> Value
    ) throws(ApeError) -> Value {
        do {
            return try body()
        } catch {
            throw ApeError(.invalidCall, "\(error); use names that are listed as known, or capture it first")
        }
    }
}
