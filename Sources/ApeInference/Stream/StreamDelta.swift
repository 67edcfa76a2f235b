/// What one event of a streamed answer carries, as ranges of the event's bytes: nothing is built that is not used.
struct StreamDelta {
    /// The event ends the answer: nothing after it counts.
    var isEnd = false
    /// Raw string bytes, escapes unresolved; empty for none.
    var content: Range<Int> = 0..<0
    /// Raw string bytes, escapes unresolved; empty for none.
    var reasoning: Range<Int> = 0..<0
    var toolFragments: [ToolFragment] = []
    /// Raw string bytes; nil while the answer goes on.
    var finishReason: Range<Int>?
    var usage: TokenUsage?
    var timeInfo: TimeInfo?
    /// When the server says it sent the event, by the monotonic clock of the host that it shares with the client.
    var sentMicros: Int64?
    var error: ErrorObject?

    /// A part of one tool call.
    struct ToolFragment {
        /// Which of the answer's calls it belongs to; some servers leave it out.
        var index: Int64?
        var id: Range<Int> = 0..<0
        var name: Range<Int> = 0..<0
        /// Raw string bytes, or the text of a JSON object where ``argumentsAreObject``.
        var arguments: Range<Int> = 0..<0
        var argumentsAreObject = false

        /// An id alone is no sign of work done.
        var isToken: Bool { !name.isEmpty || !arguments.isEmpty }
    }

    /// An error in the place of a part of the answer.
    struct ErrorObject {
        /// Raw string bytes.
        var message: Range<Int> = 0..<0
        /// Raw string bytes, or a number's digits.
        var code: Range<Int> = 0..<0
    }

    /// Whether it carries content, reasoning or a tool-call fragment: a role-only or empty delta is not a token.
    var isToken: Bool { !reasoning.isEmpty || isAnswerToken }
    /// Whether it carries content or a tool-call fragment.
    var isAnswerToken: Bool { !content.isEmpty || toolFragments.contains(where: \.isToken) }
}
