/// Reads a threshold's condition: `STATISTIC(NAME{LABEL=VALUE, ...}) COMPARISON LIMIT`.
///
/// A value ends at the brace that closes its list, or at a comma with another `LABEL=` behind it: routes hold braces of
/// their own. What holds such a comma stands in double quotes.
struct ThresholdParser {
    private let characters: [Character]
    private var position = 0

    private init(_ text: String) {
        characters = Array(text)
    }

    /// Reads a condition.
    ///
    /// - Throws: ``ThresholdMistake`` with the column.
    static func read(_ text: String) throws(ThresholdMistake) -> ThresholdCondition {
        guard text.utf8.count <= Threshold.maximumBytes else {
            throw ThresholdMistake("has \(text.utf8.count) bytes; at most \(Threshold.maximumBytes) are read")
        }
        var parser = ThresholdParser(text)
        return try parser.condition()
    }

    private mutating func condition() throws(ThresholdMistake) -> ThresholdCondition {
        skipBlanks()
        let statistic = try statistic()
        try expect("(", after: "the statistic")
        skipBlanks()
        let nameColumn = column
        let name = word()
        guard !name.isEmpty else {
            throw ThresholdMistake("a series or counter is missing, such as ttft or actions", column: nameColumn)
        }
        let filters = try filters()
        try expect(")", after: filters.isEmpty ? "the name" : "the labels")
        let comparison = try comparison()
        skipBlanks()
        let place = column
        let text = String(characters[position...]).trimmed
        let limit = try ThresholdLimitText.read(text, for: statistic, of: name, column: place)
        return ThresholdCondition(
            text: String(characters).trimmed,
            statistic: statistic,
            name: name,
            nameColumn: nameColumn,
            filters: filters,
            comparison: comparison,
            limit: limit
        )
    }

    private mutating func statistic() throws(ThresholdMistake) -> ThresholdCondition.Statistic {
        let place = column
        var word = word()
        // Percentiles have digits after a point.
        while let next = peek, next == "." || next.isNumber { word.append(take()) }
        if let statistic = ThresholdCondition.Statistic(word) { return statistic }
        let known = ["mean", "min", "max", "p50", "p95", "p99", "count", "rate", "share"]
        guard !word.isEmpty else {
            throw ThresholdMistake(
                "a condition begins with a statistic, such as p95(ttft) < 2s: \(known.joined(separator: ", "))",
                column: place
            )
        }
        let meant = Self.otherNames[word.lowercased()].map { "; did you mean `\($0)`?" }
        throw ThresholdMistake(
            "no statistic is called \(word)" + (meant ?? ThresholdMistake.suggestion(for: word, among: known)),
            column: place
        )
    }

    /// What other load testers call the statistics.
    private static let otherNames = [
        "avg": "mean", "average": "mean", "med": "p50", "median": "p50", "minimum": "min", "maximum": "max",
        "percent": "share", "ratio": "share",
    ]

    private mutating func filters() throws(ThresholdMistake) -> [ThresholdCondition.Filter] {
        skipBlanks()
        guard peek == "{" else { return [] }
        position += 1
        var filters: [ThresholdCondition.Filter] = []
        repeat {
            skipBlanks()
            let place = column
            let label = word()
            skipBlanks()
            guard !label.isEmpty, peek == "=" else {
                throw ThresholdMistake("a label is written as LABEL=VALUE, such as route=GET /cart", column: place)
            }
            position += 1
            let value = try value()
            guard !filters.contains(where: { $0.label == label }) else {
                throw ThresholdMistake("the label \(label) stands twice", column: place)
            }
            filters.append(ThresholdCondition.Filter(label: label, value: value, column: place))
            skipBlanks()
        } while takeIf(",")
        try expect("}", after: "the labels")
        return filters
    }

    private mutating func value() throws(ThresholdMistake) -> String {
        skipBlanks()
        let place = column
        var value = ""
        if takeIf("\"") {
            while let next = peek, next != "\"" { value.append(take()) }
            try expect("\"", after: "the value")
        } else {
            var depth = 0
            while let next = peek, depth > 0 || next != "}" && !(next == "," && beginsLabel(at: position + 1)) {
                if next == "{" { depth += 1 } else if next == "}" { depth -= 1 }
                value.append(take())
            }
            value = value.trimmed
        }
        guard !value.isEmpty else { throw ThresholdMistake("the label has no value", column: place) }
        return value
    }

    /// Whether `LABEL=` stands at a place.
    private func beginsLabel(at place: Int) -> Bool {
        let rest = characters[min(place, characters.count)...].drop { $0 == " " }
        let after = rest.drop(while: Self.isWord)
        return after.count < rest.count && after.drop { $0 == " " }.first == "="
    }

    private mutating func comparison() throws(ThresholdMistake) -> ThresholdCondition.Comparison {
        skipBlanks()
        let place = column
        var signs = ""
        while let next = peek, "<>=!≤≥".contains(next) { signs.append(take()) }
        if let comparison = ThresholdCondition.Comparison(rawValue: signs) { return comparison }
        throw ThresholdMistake(
            (signs.isEmpty ? "a comparison is missing" : "`\(signs)` is no comparison") + ": <, <=, > or >=",
            column: place
        )
    }

    // MARK: Characters

    /// From 1.
    private var column: Int { position + 1 }

    private var peek: Character? { position < characters.count ? characters[position] : nil }

    private mutating func take() -> Character {
        defer { position += 1 }
        return characters[position]
    }

    private mutating func takeIf(_ character: Character) -> Bool {
        guard peek == character else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while let next = peek, next.isWhitespace { position += 1 }
    }

    private mutating func word() -> String {
        let start = position
        while let next = peek, Self.isWord(next) { position += 1 }
        return String(characters[start..<position])
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber) || character == "_"
    }

    private mutating func expect(_ character: Character, after what: String) throws(ThresholdMistake) {
        skipBlanks()
        guard takeIf(character) else {
            throw ThresholdMistake("`\(character)` is missing after \(what)", column: column)
        }
    }
}

extension ThresholdCondition {
    /// Reads a condition as a user writes it.
    ///
    /// - Parameter text: such as `p95(ttft) < 2s`.
    /// - Throws: ``ThresholdMistake`` that names the column and the nearest word.
    package init(_ text: String) throws(ThresholdMistake) {
        self = try ThresholdParser.read(text)
    }
}

extension ThresholdCondition.Statistic {
    /// The statistic of a name; nil for none.
    init?(_ name: String) {
        switch name {
        case "mean": self = .mean
        case "min": self = .min
        case "max": self = .max
        case "count": self = .count
        case "rate": self = .rate
        case "share": self = .share
        default:
            guard name.first == "p", let percent = Double(name.dropFirst()), percent > 0, percent < 100,
                name.dropFirst().allSatisfy({ $0.isNumber || $0 == "." })
            else { return nil }
            self = .percentile(percent)
        }
    }
}

extension String {
    /// Without the blanks at its ends.
    fileprivate var trimmed: String {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
