/// What must be true of the target's own answers for a session to count as successful.
package struct SuccessCheck: Sendable, Equatable {
    /// What the failure is called in reports; derived from the check where the scenario gives none.
    package var name: String
    /// The request whose answer is checked.
    package var subject: Subject
    package var target: String?
    package var method: String
    /// A path pattern such as `/api/orders/{id}` for ``Subject/anyAnswer``; a path with templates for
    /// ``Subject/verification``.
    package var path: String
    package var status: StatusPattern?
    package var json: [JSONComparison] = []
    package var header: [HeaderComparison] = []
    /// A regular expression that the body must match.
    package var bodyPattern: String?
    /// Headers and JSON body that a ``Subject/verification`` request carries.
    package var requestHeaders: [Scenario.Header] = []
    package var requestBody: JSONValue?

    package init(name: String, subject: Subject, method: String, path: String) {
        self.name = name
        self.subject = subject
        self.method = method
        self.path = path
    }

    package enum Subject: Sendable, Equatable {
        /// Holds when at least one answer of the session to a matching request passes every part.
        case anyAnswer
        /// A request that the harness itself makes at the session's end, with the session's cookies and state.
        case verification
    }
}

/// A status or several of them: `201`, `2xx`, `200-204`.
package struct StatusPattern: Sendable, Equatable {
    package var range: ClosedRange<Int>

    /// `201`, `2xx` or `200-204`; nil for anything else.
    package init?(_ text: String) {
        let characters = Array(text.lowercased())
        if characters.count == 3, characters.dropFirst() == ["x", "x"], let hundreds = Int(String(characters[0])),
            (1...5).contains(hundreds)
        {
            range = (hundreds * 100)...(hundreds * 100 + 99)
            return
        }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(Self.status)
        guard ends.count <= 2, let low = ends.first ?? nil, let high = ends.last ?? nil, low <= high else { return nil }
        range = low...high
    }

    private static func status(_ text: Substring) -> Int? {
        guard text.utf8.count == 3, let number = Int(text), (100...599).contains(number) else { return nil }
        return number
    }

    /// The shortest text that reads back as this.
    package var text: String {
        if range.count == 1 { return "\(range.lowerBound)" }
        let isClass = range.lowerBound % 100 == 0 && range.count == 100
        return isClass ? "\(range.lowerBound / 100)xx" : "\(range.lowerBound)-\(range.upperBound)"
    }

    package func matches(_ status: Int) -> Bool {
        range.contains(status)
    }
}

/// A comparison of one value in a JSON answer.
package struct JSONComparison: Sendable, Equatable {
    /// A JSON path such as `$.items[0].sku`.
    package var path: String
    package var comparison: Comparison
    /// The value compared with; a string may hold templates. Unused by ``Comparison/exists`` and
    /// ``Comparison/absent``.
    package var value: JSONValue

    package init(path: String, comparison: Comparison, value: JSONValue = .null) {
        self.path = path
        self.comparison = comparison
        self.value = value
    }
}

/// A comparison of one header of an answer.
package struct HeaderComparison: Sendable, Equatable {
    package var name: String
    package var comparison: Comparison
    package var value: String

    package init(name: String, comparison: Comparison, value: String = "") {
        self.name = name
        self.comparison = comparison
        self.value = value
    }
}

/// How a check holds what it found against what it expects.
package enum Comparison: String, Sendable, CaseIterable {
    case equals
    case notEquals = "not_equals"
    case greater
    case atLeast = "at_least"
    case less
    case atMost = "at_most"
    case contains
    case matches
    case exists
    case absent
}
