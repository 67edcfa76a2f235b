import ApeCore

/// One decision as the events of a stream: an empty role delta, words, fragments of the tool call, the finish reason,
/// the usage.
struct CompletionEvents: Sendable, Equatable {
    /// The usual number of events: about that of a small model's answer with one tool call.
    static let wantedEvents = 24
    /// The fewest fragments of a call's arguments, so that clients have something to put together.
    static let minimumFragments = 4

    enum Event: Sendable, Equatable {
        case role
        case content(String)
        case toolHead(name: String)
        case arguments(String)
        case finish(reason: String)
        case usage
        case done
    }

    let events: [Event]

    /// - Parameters:
    ///   - decision: what is answered.
    ///   - asContent: whether the call is written as one JSON object in the content, for clients that offer no tools.
    ///   - includesUsage: whether the client asked for the usage at the end.
    init(_ decision: Decision, asContent: Bool, includesUsage: Bool) {
        var events: [Event] = [.role]
        // Role, head of the tool call, finish reason and [DONE].
        let fixed = 4 + (includesUsage ? 1 : 0)
        if asContent || decision.tool == nil {
            let text = decision.tool.map { Self.contentCall($0, decision.arguments) } ?? decision.thought
            events += Self.pieces(text, Self.wantedEvents - fixed + 1).map { .content($0) }
            events.append(.finish(reason: "stop"))
        } else if let tool = decision.tool {
            let words = Self.words(decision.thought)
            events += words.map { .content($0) }
            events.append(.toolHead(name: tool))
            let fragments = max(Self.minimumFragments, Self.wantedEvents - fixed - words.count)
            events += Self.pieces(decision.arguments, fragments).map { .arguments($0) }
            events.append(.finish(reason: "tool_calls"))
        }
        if includesUsage { events.append(.usage) }
        self.events = events + [.done]
    }

    /// The number of events that a model generates one by one: all but role, finish reason, usage and end.
    var tokens: Int {
        events.count { event in
            switch event {
            case .content, .toolHead, .arguments: true
            case .role, .finish, .usage, .done: false
            }
        }
    }

    /// The call as the one JSON object that `tool_mode: json` asks for. Deliberately broken arguments stay broken.
    static func contentCall(_ tool: String, _ arguments: String) -> String {
        var writer = JSONWriter()
        writer.append("{\"tool\":")
        writer.write(string: tool)
        writer.append(",\"arguments\":")
        return String(decoding: writer.bytes, as: UTF8.self) + arguments + "}"
    }

    private static func words(_ text: String) -> [String] {
        text.split(separator: " ").enumerated().map { $0.offset == 0 ? String($0.element) : " " + $0.element }
    }

    /// Cuts a text into at most `count` pieces of about the same length, never inside a character.
    static func pieces(_ text: String, _ count: Int) -> [String] {
        let scalars = text.unicodeScalars
        let length = max(1, (scalars.count + count - 1) / count)
        var pieces: [String] = []
        var start = scalars.startIndex
        while start < scalars.endIndex {
            let end = scalars.index(start, offsetBy: length, limitedBy: scalars.endIndex) ?? scalars.endIndex
            pieces.append(String(scalars[start..<end]))
            start = end
        }
        return pieces
    }
}
