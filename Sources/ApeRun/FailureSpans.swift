/// When each kind of failure was first and last seen: by its label, in seconds since 1970 of fleet time.
package struct FailureSpans: Sendable, Equatable {
    /// Labels that are kept; of further ones the times are not known.
    static let maximumLabels = 500

    private var spans: [String: ClosedRange<Int64>] = [:]

    package subscript(_ label: String) -> ClosedRange<Int64>? { spans[label] }

    mutating func note(_ label: String, second: Int64) {
        widen(label, second...second)
    }

    mutating func merge(_ other: FailureSpans) {
        for (label, span) in other.spans { widen(label, span) }
    }

    private mutating func widen(_ label: String, _ span: ClosedRange<Int64>) {
        if let known = spans[label] {
            spans[label] = min(known.lowerBound, span.lowerBound)...max(known.upperBound, span.upperBound)
        } else if spans.count < Self.maximumLabels {
            spans[label] = span
        }
    }
}
