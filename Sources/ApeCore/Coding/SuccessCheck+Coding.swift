/// Keys of one success check.
enum CheckKey: String, ScenarioKey {
    case name, answer, verify, target, status, json, headers
    case bodyMatches = "body_matches"
    case sendHeaders = "send_headers"
    case sendBody = "send_body"

    static let section = "goals.NAME.success"
}

extension Comparison: ScenarioKey {
    static let section = "Comparisons"
}

extension ScenarioDecoder {
    mutating func checks(_ field: ScenarioField) -> [SuccessCheck] {
        var taken: Set<String> = []
        return items(field, atMost: 100).compactMap { item in
            guard var check = check(item) else { return nil }
            var name = check.name
            var number = 2
            while !taken.insert(name).inserted {
                name = "\(check.name) (\(number))"
                number += 1
            }
            check.name = name
            return check
        }
    }

    private mutating func check(_ field: ScenarioField) -> SuccessCheck? {
        guard let members = members(field, CheckKey.self), var check = subject(members) else { return nil }
        if let field = members[.name] { check.name = word(field, atMost: 200) ?? check.name }
        check.target = members[.target].map { targetName($0, neededAt: field) } ?? nil
        if check.subject == .verification, check.target == nil { check.target = targetName(nil, neededAt: field) }
        check.status = members[.status].flatMap { status($0) }
        check.json = members[.json].map { jsonComparisons($0) } ?? []
        check.header = members[.headers].map { headerComparisons($0) } ?? []
        check.bodyPattern = members[.bodyMatches].flatMap { pattern($0) }
        if check.subject == .anyAnswer {
            for key in [CheckKey.sendHeaders, .sendBody] {
                guard let field = members[key] else { continue }
                problem("belongs to a `verify` request; an `answer` was asked for by the agent", at: field)
            }
        }
        check.requestHeaders = members[.sendHeaders].map { headers($0) } ?? []
        check.requestBody = members[.sendBody].map { requestBody($0, headers: check.requestHeaders) }
        if check.status == nil, check.json.isEmpty, check.header.isEmpty, check.bodyPattern == nil {
            problem("checks nothing: give it a `status`, `json`, `headers` or `body_matches`", at: field)
        }
        return check
    }

    /// The request of `answer` or `verify`.
    private mutating func subject(_ members: ScenarioMembers<CheckKey>) -> SuccessCheck? {
        switch (members[.answer], members[.verify]) {
        case (let field?, nil):
            guard let line = text(field), let (method, path) = requestLine(line, at: field),
                catching(field, { () throws(ApeError) in try PathPattern(path) }) != nil
            else { return nil }
            return SuccessCheck(name: "answer \(method) \(path)", subject: .anyAnswer, method: method, path: path)
        case (nil, let field?):
            guard let line = template(field), let (method, path) = requestLine(line, at: field) else { return nil }
            return SuccessCheck(name: "verify \(method) \(path)", subject: .verification, method: method, path: path)
        default:
            problem(
                "needs one of `answer` (an answer that the agent was given) and `verify` (a request made at the end)",
                at: members.field
            )
            return nil
        }
    }

    private mutating func jsonComparisons(_ field: ScenarioField) -> [JSONComparison] {
        entries(field, atMost: 100).flatMap { text, place -> [JSONComparison] in
            guard catching(place, { () throws(ApeError) in try JSONPath(text) }) != nil else { return [] }
            return comparisons(place, ofTexts: false).map { JSONComparison(path: text, comparison: $0, value: $1) }
        }
    }

    private mutating func headerComparisons(_ field: ScenarioField) -> [HeaderComparison] {
        entries(field, atMost: 100).flatMap { name, place -> [HeaderComparison] in
            if case .list = place.node.content {
                problem("must be a text or comparisons, not a list", at: place)
                return []
            }
            return comparisons(place, ofTexts: true).map { comparison, value in
                HeaderComparison(name: name, comparison: comparison, value: Self.headerText(value))
            }
        }
    }

    private static func headerText(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .string(let text): text
        default: value.text
        }
    }

    /// `confirmed`, or `{at_least: 1, less: 10}`. Where texts are compared, as headers are, a number may be one too.
    private mutating func comparisons(_ field: ScenarioField, ofTexts: Bool) -> [(Comparison, JSONValue)] {
        guard case .map = field.node.content else { return [(.equals, templatedJSON(field))] }
        guard let members = members(field, Comparison.self, keepingNulls: true) else { return [] }
        let given = Comparison.allCases.compactMap { comparison in members[comparison].map { (comparison, $0) } }
        if given.isEmpty { problem("compares with nothing", at: field) }
        return given.compactMap { comparison, field in
            comparisonValue(comparison, field, ofTexts: ofTexts).map { ($0, $1) }
        }
    }

    private mutating func comparisonValue(
        _ comparison: Comparison,
        _ field: ScenarioField,
        ofTexts: Bool
    ) -> (Comparison, JSONValue)? {
        switch comparison {
        case .exists, .absent:
            guard let flag = flag(field) else { return nil }
            return ((comparison == .exists) == flag ? .exists : .absent, .null)
        case .greater, .atLeast, .less, .atMost:
            let value = templatedJSON(field)
            let isNumber = value.decimal != nil || (ofTexts && value.string.flatMap { DecimalNumber($0) } != nil)
            guard isNumber || !value.templateNames.isEmpty else {
                problem("must be a number or a template, not \(field.node.found)", at: field)
                return nil
            }
            return (comparison, value)
        case .matches: return pattern(field).map { (comparison, .string($0)) }
        case .equals, .notEquals, .contains: return (comparison, templatedJSON(field))
        }
    }
}

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
