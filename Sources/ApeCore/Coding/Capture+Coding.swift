/// Keys of what a goal captures from answers.
enum CaptureKey: String, ScenarioKey {
    case json, header, cookie, between, path

    static let section = "goals.NAME.capture.NAME"
}

extension ScenarioDecoder {
    /// Of each text around a captured value, in bytes.
    private static let maximumBoundaryBytes = 1024

    mutating func captures(_ field: ScenarioField) -> [Capture] {
        entries(field, atMost: 100).compactMap { name, place in
            if !Template.isName(name) {
                problem("cannot be named by a template: letters, digits, _, - and .", at: place)
            }
            if case .text = place.node.content {
                return jsonPath(place).map { Capture(name: name, source: .jsonPath($0)) }
            }
            guard let members = members(place, CaptureKey.self) else { return nil }
            let path = members[.path].flatMap { answerPath($0) }
            return source(members).map { Capture(name: name, source: $0, path: path) }
        }
    }

    private mutating func source(_ members: ScenarioMembers<CaptureKey>) -> Capture.Source? {
        switch (members[.json], members[.header], members[.cookie], members[.between]) {
        case (let field?, nil, nil, nil): return jsonPath(field).map(Capture.Source.jsonPath)
        case (nil, let field?, nil, nil): return headerName(field).map(Capture.Source.header)
        case (nil, nil, let field?, nil): return cookieName(field).map(Capture.Source.cookie)
        case (nil, nil, nil, let field?): return between(field)
        default:
            problem(
                "needs one of `json` (a JSON path), `header` and `cookie` (a name) and `between` (two texts)",
                at: members.field
            )
            return nil
        }
    }

    private mutating func headerName(_ field: ScenarioField) -> String? {
        guard let name = word(field) else { return nil }
        if name.lowercased() == "set-cookie" {
            warn("holds one cookie with all its attributes; `cookie: NAME` takes a cookie's value", at: field)
        }
        return name
    }

    private mutating func cookieName(_ field: ScenarioField) -> String? {
        guard let name = word(field) else { return nil }
        guard Self.isHeaderName(name) else {
            problem("is no name of a cookie: it has no spaces and none of ()<>@,;:\"/[]?={}", at: field)
            return nil
        }
        return name
    }

    /// The texts before and after a value.
    private mutating func between(_ field: ScenarioField) -> Capture.Source? {
        let ends = items(field, atMost: 2)
        guard ends.count == 2 else {
            if case .list = field.node.content, ends.count < 2 {
                problem("must list two texts: what stands before the value, and what stands after it", at: field)
            }
            return nil
        }
        let texts = ends.compactMap { boundary($0) }
        return texts.count == 2 ? .between(before: texts[0], after: texts[1]) : nil
    }

    /// A text that a value stands beside. It may be nothing but white space, such as the end of a line.
    private mutating func boundary(_ field: ScenarioField) -> String? {
        guard let text = text(field, atMost: Self.maximumBoundaryBytes) else { return nil }
        if text.isEmpty { problem("is empty", at: field) }
        return text.isEmpty ? nil : text
    }

    mutating func jsonPath(_ field: ScenarioField) -> String? {
        guard let text = text(field) else { return nil }
        return catching(field) { () throws(ApeError) in try JSONPath(text).text }
    }

    /// The pattern of answers' paths.
    private mutating func answerPath(_ field: ScenarioField) -> String? {
        guard let text = text(field) else { return nil }
        return catching(field) { () throws(ApeError) in try PathPattern(text).text }
    }
}

extension Capture {
    var document: JSONValue {
        var document = JSONObject()
        switch source {
        case .jsonPath(let path): document.set(CaptureKey.json, path)
        case .header(let name): document.set(CaptureKey.header, name)
        case .cookie(let name): document.set(CaptureKey.cookie, name)
        case .between(let before, let after): document[CaptureKey.between] = [.string(before), .string(after)]
        }
        document.set(CaptureKey.path, path)
        return .object(document)
    }
}
