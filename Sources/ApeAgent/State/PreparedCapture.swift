import ApeCore
import ApeTransfer

/// A capture with its patterns compiled.
struct PreparedCapture: Sendable {
    private enum Source: Sendable {
        case json(JSONPath)
        case header(String)
        case cookie(String)
        case between(BytePattern, BytePattern)
    }

    /// What came of looking for a value.
    enum Outcome: Equatable {
        /// The value, and the URL that answered with it.
        case found(String, url: String)
        /// Why the answer, which is one to look at, has none.
        case missed(String)
        case notAsked
    }

    let name: String
    private let source: Source
    private let pattern: PathPattern?
    /// What is said of an answer that can be looked into and holds no value.
    private let absence: String

    init(_ capture: Capture) throws(ApeError) {
        name = capture.name
        pattern = try capture.path.map { path throws(ApeError) in try PathPattern(path) }
        switch capture.source {
        case .jsonPath(let path): (source, absence) = (.json(try JSONPath(path)), "\(path) leads nowhere")
        case .header(let header): (source, absence) = (.header(header), "there is no header \(header)")
        case .cookie(let cookie): (source, absence) = (.cookie(cookie), "no cookie \(cookie) is set")
        case .between(let before, let after):
            source = .between(BytePattern(before), BytePattern(after))
            absence = "the texts that it stands between are not there"
        }
    }

    /// Looks into an answer and, where it holds no value, into those that redirected to it, the latest first.
    func look(into answer: inout TargetAnswer) -> Outcome {
        if let pattern, !pattern.matches(answer.path) { return .notAsked }
        if case .cookie(let name) = source {
            let cookies = (answer.earlier + [answer]).flatMap { SetCookie.all(name, in: $0.response) }
            return SetCookie.value(cookies).map { .found($0, url: answer.response.finalURL) } ?? .missed(absence)
        }
        var (value, reason) = value(in: &answer)
        if let value { return .found(value, url: answer.response.finalURL) }
        for index in answer.earlier.indices.reversed() {
            (value, _) = self.value(in: &answer.earlier[index])
            if let value { return .found(value, url: answer.earlier[index].response.finalURL) }
        }
        return .missed(reason ?? absence)
    }

    /// The value in one answer, or why there cannot be one. A value that is not a scalar is kept as JSON text.
    private func value(in answer: inout TargetAnswer) -> (String?, reason: String?) {
        switch source {
        case .header(let name): return (answer.headers(name).first, nil)
        case .cookie(let name): return (SetCookie.value(SetCookie.all(name, in: answer.response)), nil)
        case .json(let path):
            do {
                // Of a stream the last event that has a value counts.
                let values = try answer.documents().reversed().lazy.compactMap { path.first(in: $0) }
                return (values.first { $0 != .null }.map { $0.scalarText ?? $0.text }, nil)
            } catch {
                return (nil, error.message)
            }
        case .between(let before, let after):
            let body = answer.response.body[...]
            guard let start = before.firstRange(in: body)?.upperBound,
                let end = after.firstRange(in: body[start...])?.lowerBound,
                end - start <= SessionState.maximumValueBytes
            else { return (nil, answer.cut) }
            return (ServedText.string(ofPart: body[start..<end]), nil)
        }
    }
}
