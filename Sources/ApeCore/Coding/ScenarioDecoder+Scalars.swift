/// Reading of single values: each says what is wrong and returns nil, or the value.
extension ScenarioDecoder {
    /// The longest text, in bytes.
    static let maximumTextBytes = 64 * 1024

    mutating func text(_ field: ScenarioField, atMost limit: Int = 4096) -> String? {
        guard let text = field.node.scalarText else {
            problem("must be a text, not \(field.node.found)", at: field)
            return nil
        }
        guard text.utf8.count <= limit else {
            problem("has \(text.utf8.count) bytes; at most \(limit) are read", at: field)
            return nil
        }
        guard !text.utf8.contains(0) else {
            problem("holds a NUL character", at: field)
            return nil
        }
        return text
    }

    /// A text that says something.
    mutating func word(_ field: ScenarioField, atMost limit: Int = 4096) -> String? {
        guard let text = text(field, atMost: limit) else { return nil }
        guard text.contains(where: { !$0.isWhitespace }) else {
            problem("is empty", at: field)
            return nil
        }
        return text
    }

    mutating func integer(_ field: ScenarioField, in range: ClosedRange<Int64>) -> Int64? {
        guard let number = field.node.json.integer, range.contains(number) else {
            problem(
                "must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(field.node.found)",
                at: field
            )
            return nil
        }
        return number
    }

    mutating func count(_ field: ScenarioField, in range: ClosedRange<Int>) -> Int? {
        integer(field, in: Int64(range.lowerBound)...Int64(range.upperBound)).map(Int.init)
    }

    mutating func number(_ field: ScenarioField, in range: ClosedRange<Double>) -> Double? {
        guard let number = field.node.json.number, range.contains(number) else {
            problem(
                "must be a number from \(JSONValue.plain(range.lowerBound)) to \(JSONValue.plain(range.upperBound)), "
                    + "not \(field.node.found)",
                at: field
            )
            return nil
        }
        return number
    }

    mutating func flag(_ field: ScenarioField) -> Bool? {
        guard let flag = field.node.json.bool else {
            problem("must be true or false, not \(field.node.found)", at: field)
            return nil
        }
        return flag
    }

    /// A duration; a plain number counts seconds.
    mutating func duration(_ field: ScenarioField, in range: ClosedRange<Int64>) -> Int64? {
        let micros = field.node.scalarText.flatMap { DurationText.micros($0, plainNumberIn: .seconds) }
        guard let micros, range.contains(micros) else {
            problem(
                "must be a duration \(Self.words(range)), such as 300ms, 90s or 5m, not \(field.node.found)",
                at: field
            )
            return nil
        }
        return micros
    }

    /// One duration, or two with `..` between them.
    mutating func durationRange(_ field: ScenarioField, in range: ClosedRange<Int64>) -> ClosedRange<Int64>? {
        let text = field.node.scalarText ?? ""
        let ends = text.firstRange(of: "..").map { [text[..<$0.lowerBound], text[$0.upperBound...]] } ?? [text[...]]
        let micros = ends.compactMap { DurationText.micros(String($0), plainNumberIn: .seconds) }
        guard micros.count == ends.count, let low = micros.first, let high = micros.last, low <= high,
            range.contains(low), range.contains(high)
        else {
            problem(
                "must be a duration or a range such as 200ms..2s, \(Self.words(range)), not \(field.node.found)",
                at: field
            )
            return nil
        }
        return low...high
    }

    private static func words(_ range: ClosedRange<Int64>) -> String {
        "from \(DurationText.text(micros: range.lowerBound)) to \(DurationText.text(micros: range.upperBound))"
    }

    /// One of the words of an enumeration.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ field: ScenarioField,
        _: Choice.Type
    ) -> Choice? {
        guard let text = text(field) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let known = Choice.allCases.map(\.rawValue)
        let guess = Spelling.closest(to: text, among: known).map { "; did you mean `\($0)`?" } ?? ""
        problem("must be one of \(known.joined(separator: ", ")), not \(field.node.found)\(guess)", at: field)
        return nil
    }

    mutating func status(_ field: ScenarioField) -> StatusPattern? {
        guard let pattern = field.node.scalarText.flatMap(StatusPattern.init) else {
            problem("must be a status such as 201, 2xx or 200-204, not \(field.node.found)", at: field)
            return nil
        }
        return pattern
    }

    mutating func url(_ field: ScenarioField) -> String? {
        guard let text = text(field) else { return nil }
        return catching(field) { () throws(ApeError) in try BaseURL(text).text }
    }

    mutating func proxy(_ field: ScenarioField) -> String? {
        guard let text = text(field) else { return nil }
        return catching(field) { () throws(ApeError) in try ProxyURL(text).text }
    }

    /// A regular expression, which must compile.
    mutating func pattern(_ field: ScenarioField) -> String? {
        guard let text = word(field, atMost: 1024) else { return nil }
        do {
            _ = try Regex(text)
            return text
        } catch {
            problem("is no regular expression: \(error)", at: field)
            return nil
        }
    }
}

extension JSONValue {
    /// A number as people write it: 85 rather than 85.0.
    static func plain(_ number: Double) -> String {
        Int64(exactly: number).map(String.init) ?? "\(number)"
    }
}
