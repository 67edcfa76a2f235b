import ApeCore
import ApeTransfer

/// An answer of a target, with the request that it answers. Checks, captures and the usual names share its parsed body.
struct TargetAnswer {
    let target: Int
    let method: String
    /// The request's path with its query.
    let path: String
    let response: TransferResponse
    /// The answers that redirected to this one, in order.
    var earlier: [TargetAnswer]
    /// The body as JSON, once it was asked for, or why it is none.
    private var parsed: Result<[JSONValue], ApeError>?

    init(target: Int, method: String, path: String, response: TransferResponse) {
        self.target = target
        self.method = method
        self.path = path
        self.response = response
        earlier = response.redirectedFrom.map { hop in
            TargetAnswer(target: target, method: method, path: path, response: hop)
        }
    }

    init(to request: PlannedRequest, _ response: TransferResponse) {
        self.init(target: request.target, method: request.request.method, path: request.path, response: response)
    }

    /// The body as JSON, parsed when it is first asked for: one document, or of a stream one for each event that is JSON.
    ///
    /// - Throws: ``ApeError`` of code `json` with a sentence that says why there is none.
    mutating func documents() throws(ApeError) -> [JSONValue] {
        if let parsed { return try parsed.get() }
        let result = AnswerStream(response).map(read) ?? read()
        parsed = result
        return try result.get()
    }

    private func read() -> Result<[JSONValue], ApeError> {
        if let cut { return .failure(ApeError(.json, cut)) }
        do {
            return .success([try ServedJSON.value(of: response.body)])
        } catch {
            return .failure(error)
        }
    }

    private func read(_ stream: AnswerStream) -> Result<[JSONValue], ApeError> {
        let documents = stream.events.compactMap { try? ServedJSON.value(of: $0.bytes) }
        guard documents.isEmpty else { return .success(documents) }
        let reason = stream.events.isEmpty ? "the stream has no event" : "no event of the stream is JSON"
        return .failure(ApeError(.json, [reason, cut].compactMap(\.self).joined(separator: "; ")))
    }

    /// The body as text. What the limit may have cut within a character is read as UTF-8 in any case.
    var text: String {
        response.truncated
            ? String(decoding: response.body, as: UTF8.self) : ServedText.string(of: response.body)
    }

    /// What is to be said of a body that is longer than what is kept of it; nil for a whole one.
    var cut: String? {
        guard response.truncated else { return nil }
        let kept = response.body.count
        return "the body has \(response.bodyBytes) bytes, of which limits.response_bytes kept \(kept)"
    }

    /// The values of the body that have a usual name. Nothing is parsed for them: a body that nobody has asked for as
    /// JSON is skimmed, which costs a fraction of that and also works where the body was cut short.
    mutating func usualValues() -> [StateValue] {
        if response.isStream { _ = try? documents() }
        if case .success(let documents)? = parsed { return documents.flatMap { UsualNames.values(in: $0) } }
        return UsualNames.values(inJSON: response.body)
    }

    /// All values of a header.
    func headers(_ name: String) -> [String] {
        response.headers.values(name)
    }
}
