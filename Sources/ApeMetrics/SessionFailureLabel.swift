/// What a session failed of, and where that was seen: one label of ``CounterFamily/sessionFailures``.
///
/// Its text is `REASON STATUS METHOD PATH GOAL`, with `-` for what there is not: `target_5xx 500 POST /order buy`.
package struct SessionFailureLabel: Hashable, Sendable {
    /// The longest part of a text, in bytes.
    private static let partBytes = 256
    private static let none = "-"

    package var reason: FailureReason
    /// The status that was answered; nil where none was, or it was as it should be.
    package var status: Int?
    /// Such as `POST /order`; `decision` for the model's endpoint; nil where no request is to blame.
    package var route: String?
    package var goal: String

    package init(reason: FailureReason, status: Int? = nil, route: String? = nil, goal: String) {
        self.reason = reason
        self.status = status
        self.route = route
        self.goal = goal
    }

    package var text: String {
        let words = (route ?? Self.none).split(separator: " ", maxSplits: 1)
        let method = words.first.map(String.init) ?? Self.none
        let path = words.count > 1 ? String(words[1]).replacing(" ", with: "%20") : Self.none
        let parts = [reason.rawValue, status.map { "\($0)" } ?? Self.none, method, path, goal]
        return parts.map { String(decoding: $0.utf8.prefix(Self.partBytes), as: UTF8.self) }.joined(separator: " ")
    }

    /// Reads a text; nil where it is none.
    package init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 4).map(String.init)
        guard words.count == 5 else { return nil }
        reason = FailureReason(rawValue: words[0])
        status = Int(words[1])
        route = words[2] == Self.none ? nil : words[3] == Self.none ? words[2] : "\(words[2]) \(words[3])"
        goal = words[4]
    }
}
