import ApeCore
import ApeTransfer

/// A capture with its patterns compiled.
struct PreparedCapture: Sendable {
    private enum Source: Sendable {
        case json(JSONPath)
        case header(String)
        case between(BytePattern, BytePattern)
    }

    let name: String
    private let source: Source
    private let pattern: PathPattern?

    init(_ capture: Capture) throws(ApeError) {
        name = capture.name
        pattern = try capture.path.map { path throws(ApeError) in try PathPattern(path) }
        switch capture.source {
        case .jsonPath(let path): source = .json(try JSONPath(path))
        case .header(let header): source = .header(header)
        case .between(let before, let after): source = .between(BytePattern(before), BytePattern(after))
        }
    }

    /// The value in an answer; nil where there is none. A value that is not a scalar is kept as JSON text.
    func value(in answer: inout TargetAnswer) -> String? {
        if let pattern, !pattern.matches(answer.path) { return nil }
        switch source {
        case .header(let name): return answer.headers(name).first
        case .json(let path):
            guard let document = answer.json(), let value = path.first(in: document), value != .null else {
                return nil
            }
            return value.scalarText ?? value.text
        case .between(let before, let after):
            let body = answer.response.body[...]
            guard let start = before.firstRange(in: body)?.upperBound,
                let end = after.firstRange(in: body[start...])?.lowerBound,
                end - start <= SessionState.maximumValueBytes
            else { return nil }
            return String(validating: body[start..<end], as: UTF8.self)
        }
    }
}

extension SessionState {
    /// Takes what an answer has to give. An error's answer hands out nothing, since its `id` is the error's: it is not
    /// for here, unless it was expected.
    ///
    /// - Returns: what is new, or has another value than before.
    mutating func take(_ answer: inout TargetAnswer, captures: [PreparedCapture]) -> [Entry] {
        var values: [(name: String, value: String, origin: Origin)] = []
        for capture in captures {
            if let value = capture.value(in: &answer) { values.append((capture.name, value, .captured)) }
        }
        let found = UsualNames.values(inHeader: answer.response.header) + answer.usualValues()
        values += found.map { ($0.name, $0.value, .found) }
        var names: [String] = []
        for (name, value, origin) in values where self.value(name) != value {
            if set(name, value, origin), !names.contains(name) { names.append(name) }
        }
        return names.compactMap { entry($0) }
    }
}
