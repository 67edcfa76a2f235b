/// One decision as the events of a stream: its beginning, reasoning, words, fragments of the tool call, the finish
/// reason, the usage.
struct CompletionEvents: Sendable, Equatable {
    /// The usual number of events without reasoning: about that of a small model's answer with one tool call.
    static let wantedEvents = 24
    /// The fewest fragments of a call's arguments, so that clients have something to put together.
    static let minimumFragments = 4
    /// The most events that reasoning comes in.
    static let reasoningEvents = 6

    enum Event: Sendable, Equatable {
        case start
        case reasoning(String)
        case content(String)
        case toolHead(name: String)
        case arguments(String)
        case finish
        case usage
        case done
    }

    /// What the events of a decision depend on.
    private struct Key: Hashable, Sendable {
        var decision: Decision
        var includesUsage: Bool
    }

    /// The decisions that were cut up lately.
    private static let cut = Recurring<Key, CompletionEvents>()

    let events: [Event]
    /// Which events are sent together.
    let parts: [Range<Int>]
    /// The number of events that a model generates one by one: all but start, finish reason, usage and end.
    let tokens: Int
    /// The number of events of reasoning.
    let reasoningTokens: Int

    /// The events of a decision. Most decisions are the same for all agents with the same goal.
    static func of(_ decision: Decision, includesUsage: Bool) -> CompletionEvents {
        let bytes = decision.thought.utf8.count + decision.arguments.utf8.count
        return cut.value(of: Key(decision: decision, includesUsage: includesUsage), bytes: bytes) {
            CompletionEvents(decision, includesUsage: includesUsage)
        }
    }

    /// - Parameters:
    ///   - decision: what is answered.
    ///   - includesUsage: whether the client asked for an event of the usage at the end.
    private init(_ decision: Decision, includesUsage: Bool) {
        var events: [Event] = [.start]
        events += Self.pieces(decision.reasoning ?? "", Self.reasoningEvents).map { .reasoning($0) }
        // Start, head of the tool call, finish reason and end.
        let fixed = 4 + (includesUsage ? 1 : 0)
        if let tool = decision.tool {
            let words = Self.words(decision.thought)
            events += words.map { .content($0) }
            events.append(.toolHead(name: tool))
            let fragments = max(Self.minimumFragments, Self.wantedEvents - fixed - words.count)
            events += Self.pieces(decision.arguments, fragments).map { .arguments($0) }
        } else {
            events += Self.pieces(decision.thought, Self.wantedEvents - fixed + 1).map { .content($0) }
        }
        events.append(.finish)
        if includesUsage { events.append(.usage) }
        events.append(.done)
        self.events = events
        parts = CompletionStream.parts(of: events.count)
        tokens = events.count { event in
            switch event {
            case .reasoning, .content, .toolHead, .arguments: true
            case .start, .finish, .usage, .done: false
            }
        }
        reasoningTokens = events.count { if case .reasoning = $0 { true } else { false } }
    }

    /// Cuts a text before each space.
    private static func words(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        var words: [String] = []
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: " ") && index > start {
            words.append(String(decoding: bytes[start..<index], as: UTF8.self))
            start = index
        }
        if start < bytes.count { words.append(String(decoding: bytes[start...], as: UTF8.self)) }
        return words
    }

    /// Cuts a text into at most `count` pieces of about the same length, never inside a character.
    static func pieces(_ text: String, _ count: Int) -> [String] {
        let bytes = Array(text.utf8)
        let length = max(1, (bytes.count(where: beginsScalar) + count - 1) / count)
        var pieces: [String] = []
        pieces.reserveCapacity(count)
        var (start, scalars) = (0, 0)
        for (index, byte) in bytes.enumerated() where beginsScalar(byte) {
            if scalars == length {
                pieces.append(String(decoding: bytes[start..<index], as: UTF8.self))
                (start, scalars) = (index, 0)
            }
            scalars += 1
        }
        if start < bytes.count { pieces.append(String(decoding: bytes[start...], as: UTF8.self)) }
        return pieces
    }

    private static func beginsScalar(_ byte: UInt8) -> Bool { byte & 0xC0 != 0x80 }
}
