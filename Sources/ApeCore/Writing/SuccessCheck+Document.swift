extension SuccessCheck {
    var document: JSONValue {
        var document = JSONObject()
        document.set(CheckKey.name, name)
        document.set(subject == .anyAnswer ? CheckKey.answer : CheckKey.verify, "\(method) \(path)")
        document.set(CheckKey.target, target)
        document.set(CheckKey.status, status?.text)
        if !json.isEmpty {
            document[CheckKey.json] = Self.grouped(json.map { ($0.path, $0.comparison, $0.value) })
        }
        if !header.isEmpty {
            document[CheckKey.headers] = Self.grouped(header.map { ($0.name, $0.comparison, .string($0.value)) })
        }
        document.set(CheckKey.bodyMatches, bodyPattern)
        document.set(CheckKey.sendHeaders, headers: requestHeaders)
        document[CheckKey.sendBody] = requestBody
        return .object(document)
    }

    /// One member per path or header, with all its comparisons.
    private static func grouped(_ comparisons: [(subject: String, Comparison, JSONValue)]) -> JSONValue {
        var document = JSONObject()
        for (subject, comparison, value) in comparisons {
            var members = document[subject]?.object ?? [:]
            switch comparison {
            case .exists, .absent: members[comparison] = true
            default: members[comparison] = value
            }
            document[subject] = .object(members)
        }
        return .object(document)
    }
}
