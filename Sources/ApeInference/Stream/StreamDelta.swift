/// What one event of a streamed answer carries, as ranges of the event's bytes: nothing is built that is not used.
struct StreamDelta {
    /// The latest moment that is believed: in the year 2255.
    static let latestMoment: Int64 = 1 << 53

    /// The event ends the answer: nothing after it counts.
    var isEnd = false
    /// Raw string bytes, escapes unresolved; empty for none.
    var content: Range<Int> = 0..<0
    /// Further content of the same event, where it comes as a list of parts.
    var moreContent: [Range<Int>] = []
    /// Raw string bytes, escapes unresolved; empty for none.
    var reasoning: Range<Int> = 0..<0
    /// A part of a tool call; nil for none.
    var toolFragment: ToolFragment?
    /// Further parts of the same event.
    var moreToolFragments: [ToolFragment] = []
    /// Raw string bytes; nil while the answer goes on.
    var finishReason: Range<Int>?
    var usage: UsageReport?
    var timeInfo: TimeInfo?
    /// When the server says it sent the event, by the monotonic clock of the host that it shares with the client.
    var sentMicros: Int64?
    var error: ErrorObject?
    /// What must go back to the endpoint as it came.
    var carried: [CarriedPiece] = []
    /// All output items at the answer's end, for servers that do not send each when it is whole.
    var lateItems: [Range<Int>] = []

    /// Forgets what a choice said that is not the first.
    mutating func dropChoice() {
        (content, reasoning) = (0..<0, 0..<0)
        (moreContent, moreToolFragments, carried) = ([], [], [])
        (toolFragment, finishReason) = (nil, nil)
    }

    /// A part of one tool call.
    struct ToolFragment {
        /// Which of the answer's calls it belongs to; some servers leave it out.
        var index: Int64?
        var id: Range<Int> = 0..<0
        var name: Range<Int> = 0..<0
        /// Raw string bytes, or the text of a JSON object where ``argumentsAreObject``.
        var arguments: Range<Int> = 0..<0
        var argumentsAreObject = false
        /// Whether the arguments stand in the place of all that came before.
        var replacesArguments = false
        /// A JSON value that goes back with the call under `extra_content`.
        var extra: Range<Int> = 0..<0

        /// An id alone is no sign of work done.
        var isToken: Bool { !name.isEmpty || !arguments.isEmpty }
    }

    /// An error in the place of a part of the answer.
    struct ErrorObject {
        /// Raw string bytes.
        var message: Range<Int> = 0..<0
        /// Raw string bytes, or a number's digits.
        var code: Range<Int> = 0..<0
        /// Raw string bytes.
        var type: Range<Int> = 0..<0
    }

    /// Whether it carries content, reasoning or a tool-call fragment: a role-only or empty delta is not a token.
    var isToken: Bool { !reasoning.isEmpty || isAnswerToken }
    /// Whether it carries content or a tool-call fragment.
    var isAnswerToken: Bool {
        !content.isEmpty || !moreContent.isEmpty || toolFragment?.isToken ?? false
            || moreToolFragments.contains(where: \.isToken)
    }
}

/// A part of what goes back to the endpoint as it came, as ranges of an event's bytes.
enum CarriedPiece {
    /// A part of a member of the model's message: strings of a name are joined, lists too, the last of other values stays.
    case member(name: Range<Int>, value: Range<Int>)
    /// A whole output item.
    case item(Range<Int>)
    /// A part of the content where it is a list.
    case part(Range<Int>)
    /// A content block begins, with the members that it begins with.
    case block(index: Int64, Range<Int>)
    /// Raw string bytes that follow in a member of a block.
    case blockText(index: Int64, member: BlockMember, Range<Int>)
}

/// The members of a content block that are streamed.
enum BlockMember {
    case text, thinking, signature
}
