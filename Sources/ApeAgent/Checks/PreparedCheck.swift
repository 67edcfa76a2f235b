import ApeCore
import ApeTransfer

/// A success check with its patterns compiled.
struct PreparedCheck: Sendable {
    /// A comparison of values in a JSON body.
    struct JSONPart: Sendable {
        var path: JSONPath
        var comparison: PreparedComparison
    }

    struct HeaderPart: Sendable {
        var name: String
        var comparison: PreparedComparison
    }

    let check: SuccessCheck
    /// The target's place in the scenario; nil for any.
    let target: Int?
    /// What an answer's path must fit; nil for a verification, which is made to its path.
    let pattern: PathPattern?
    let json: [JSONPart]
    let header: [HeaderPart]
    let body: TextPattern?

    init(_ check: SuccessCheck, targets: [String]) throws(ApeError) {
        self.check = check
        target = check.target.flatMap { targets.firstIndex(of: $0) }
        if let name = check.target, target == nil {
            throw ApeError(.scenario, "the check \"\(check.name)\" names the target \(name), which there is not")
        }
        pattern = check.subject == .anyAnswer ? try PathPattern(check.path) : nil
        var json: [JSONPart] = []
        for part in check.json {
            json.append(
                JSONPart(
                    path: try JSONPath(part.path),
                    comparison: try PreparedComparison(part.comparison, part.value)
                )
            )
        }
        self.json = json
        var header: [HeaderPart] = []
        for part in check.header {
            let comparison = try PreparedComparison(part.comparison, .string(part.value))
            header.append(HeaderPart(name: part.name, comparison: comparison))
        }
        self.header = header
        body = try check.bodyPattern.map { text throws(ApeError) in try TextPattern(text) }
    }

    /// Whether an answer is one that this check looks at.
    func concerns(_ answer: TargetAnswer) -> Bool {
        concerns(answer.method, answer.target, answer.path)
    }

    /// Whether the answer to a request for a path of a target is one that this check looks at.
    func concerns(_ method: String, _ place: Int, _ path: String) -> Bool {
        guard let pattern, method == check.method else { return false }
        return (target.map { $0 == place } ?? true) && pattern.matches(path)
    }

    /// Whether the answer's body will be asked for as JSON.
    func needsJSON(of answer: TargetAnswer) -> Bool {
        !json.isEmpty && concerns(answer) && check.status?.matches(answer.response.status) ?? true
    }

    /// The first part that the last document fails; nil where one document has all parts as wanted.
    private func missing(in documents: [JSONValue], _ state: SessionState) -> JSONPart? {
        var missing: JSONPart?
        for document in documents {
            missing = json.first { !$0.comparison.holds(for: $0.path.values(in: document), state) }
            if missing == nil { return nil }
        }
        return missing
    }

    /// The first part that an answer fails, in words; nil where all hold.
    func failure(of answer: inout TargetAnswer, state: SessionState) -> String? {
        let status = answer.response.status
        if let wanted = check.status, !wanted.matches(status) { return "the status is \(status)" }
        for part in header where !part.comparison.holds(for: answer.headers(part.name).map { .string($0) }, state) {
            return part.comparison.lack(state) ?? "the header \(part.name) is not as wanted"
        }
        if !json.isEmpty {
            do throws(ApeError) {
                if let missing = missing(in: try answer.documents(), state) {
                    let place = answer.response.isStream ? " in any event" : ""
                    return missing.comparison.lack(state) ?? "\(missing.path.text) is not as wanted" + place
                }
            } catch {
                return error.message
            }
        }
        if let body, !body.matches(answer.text) {
            return ["the body does not match", answer.cut].compactMap(\.self).joined(separator: ": ")
        }
        return nil
    }
}
