import ApeCore

/// What is said in one session, kept as the JSON that is sent.
///
/// It begins with the goal and goes on in exchanges: what the model said, and what came of each of its calls. A request
/// is the head of all requests and what was said, so each begins with the whole one before it: an endpoint's prompt
/// cache has to read the latest exchange alone. When the conversation outgrows its budget, the oldest exchanges are
/// dropped until half of it is free, so that this happens seldom; a call is never parted from its result, and the
/// latest exchange always stays.
package struct Conversation: Sendable {
    /// Bytes of a request that count as one token until the endpoint has said better.
    private static let usualBytesPerToken = 4.0
    /// What an endpoint may say of bytes a token.
    private static let plausibleBytesPerToken = 0.5...16.0
    /// A message without its text.
    private static let frameBytes = 96
    /// The turns that are never dropped.
    private static let goalTurns = 1
    /// What ends every turn of the user and every result behind its text.
    private static let textEnd = Array("\"}".utf8)

    private let inference: PreparedInference
    private let contextTokens: Int
    private var bytesPerToken = usualBytesPerToken
    /// What an endpoint that found a request too long takes at most; nil while none has.
    private var overflowBytes: Int?
    /// The turns, with commas before all but the first, which is the goal. What was said stays where it is: one buffer
    /// for all would be copied whenever it grows.
    private(set) var turns: [[UInt8]] = []
    /// The bytes of all turns.
    private var turnBytes = 0
    /// The turn that each exchange begins with.
    private var starts: [Int] = []
    /// Whether a message of results is open for more.
    private var hasOpenResults = false
    private var sentBytes = 0
    /// Whether the result of a call was said last.
    private var isResultLast = false
    /// Whether a turn came with reasoning under this name: then DeepSeek and Kimi want every turn to have it.
    private var hasReasoning = false
    private static let reasoningKey = "\"reasoning_content\":"

    /// - Parameters:
    ///   - inference: the endpoint that the model is asked at.
    ///   - goal: what the model is to do, and what it knows from the start.
    ///   - contextTokens: what a request may hold, instructions, tools and goal included.
    package init(_ inference: PreparedInference, goal: String, contextTokens: Int) {
        self.inference = inference
        self.contextTokens = contextTokens
        write(textBytes: goal.utf8.count) { inference.dialect.write(user: goal, to: &$0) }
    }

    var exchanges: Int { starts.count }

    /// Bytes of the next request.
    private var requestBytes: Int { inference.head.bytes.count + turnBytes + 8 }
    private var budgetBytes: Int {
        min(Int(Double(contextTokens) * bytesPerToken), overflowBytes ?? Int.max)
    }

    /// What the next request says behind the head of all requests.
    ///
    /// - Parameter known: all that the session knows, for a model that is no longer told how it came to know it.
    /// - Returns: the turns, ready to be sent.
    package mutating func request(known: () -> String) -> DialogueRequest {
        if requestBytes > budgetBytes { _ = cut(known) }
        sentBytes = requestBytes
        return DialogueRequest(turns: turns, bytes: turnBytes, hasOpenResults: hasOpenResults)
    }

    /// Takes note of how the endpoint counts what it was sent.
    package mutating func learn(_ usage: TokenUsage?) {
        guard let usage, usage.prompt > 0, sentBytes > 0 else { return }
        let measured = Double(sentBytes) / Double(usage.prompt)
        bytesPerToken = min(
            max(measured, Self.plausibleBytesPerToken.lowerBound),
            Self.plausibleBytesPerToken.upperBound
        )
    }

    /// Makes room after the endpoint found the latest request too long.
    ///
    /// - Returns: whether anything could be dropped.
    package mutating func shorten(known: () -> String) -> Bool {
        overflowBytes = min(sentBytes, budgetBytes) - 1
        return cut(known)
    }

    /// Begins an exchange with what the model said.
    ///
    /// - Parameters:
    ///   - turn: what it said.
    ///   - number: the decision's number in the session.
    /// - Returns: the calls that it asks for; none where it called no tool.
    /// - Throws: ``ApeError`` of code `invalid_call` where the model is told to write its calls as content and did not.
    package mutating func begin(_ turn: ModelTurn, number: Int) throws(ApeError) -> [ToolCall] {
        switch inference.toolMode {
        case .tools:
            if !turn.isBlank { add(turn) }
            return turn.calls
        case .json:
            var turn = turn
            turn.calls = []
            if !turn.isBlank { add(turn) }
            return [try ContentToolCall.read(turn.content, number: number)]
        }
    }

    /// Adds what came of a call; nil for what the agent has to say where there is no call to answer.
    package mutating func reply(_ text: String, to call: ToolCall?) {
        guard inference.toolMode == .tools, let call else { return say(text) }
        let dialect = inference.dialect
        write(textBytes: text.utf8.count + call.id.utf8.count, isResult: true) {
            dialect.write(result: text, ofCall: call.id, to: &$0)
        }
    }

    private mutating func add(_ turn: ModelTurn) {
        var turn = turn
        let members = turn.carried.members
        if !members.isEmpty, String(decoding: members, as: UTF8.self).contains(Self.reasoningKey) {
            hasReasoning = true
        } else if hasReasoning {
            turn.carried.members += Array(",\(Self.reasoningKey)\"\"".utf8)
        }
        closeResults()
        starts.append(turns.count)
        let textBytes = turn.calls.reduce(turn.content.utf8.count + turn.carried.bytes) { size, call in
            size + call.arguments.text.utf8.count + call.extra.count + Self.frameBytes
        }
        let dialect = inference.dialect
        write(textBytes: textBytes) { dialect.write(turn, to: &$0) }
    }

    /// Says something to the model in a turn of its own, or at the end of a result that was not answered: some endpoints
    /// take no turn of the user behind a result.
    private mutating func say(_ text: String) {
        guard !isResultLast else { return append("\n\n" + text) }
        let dialect = inference.dialect
        write(textBytes: text.utf8.count) { dialect.write(user: text, to: &$0) }
    }

    /// Adds text to the latest result or turn of the user.
    private mutating func append(_ text: String) {
        extendLast { turn in
            turn.removeLast(Self.textEnd.count)
            turn += text.escapedJSON
            turn += Self.textEnd
        }
    }

    private mutating func extendLast(_ extend: (inout [UInt8]) -> Void) {
        let last = turns.count - 1
        turnBytes -= turns[last].count
        extend(&turns[last])
        turnBytes += turns[last].count
    }

    /// Adds a turn.
    private mutating func write(
        textBytes: Int,
        isResult: Bool = false,
        _ write: (inout JSONWriter) -> Void
    ) {
        var writer = JSONWriter(reservingCapacity: textBytes + textBytes / 4 + Self.frameBytes)
        if !turns.isEmpty { writer.append(",") }
        if isResult, !hasOpenResults {
            writer.append(inference.dialect.resultsOpening)
            hasOpenResults = true
        }
        write(&writer)
        // A turn stays as long as the session: the room that was too much does not.
        turns.append(Array(writer.bytes[...]))
        turnBytes += writer.bytes.count
        isResultLast = isResult
    }

    private mutating func closeResults() {
        guard hasOpenResults else { return }
        hasOpenResults = false
        let closing = inference.dialect.resultsClosing
        if closing.utf8CodeUnitCount > 0 {
            extendLast { turn in closing.withUTF8Buffer { turn.append(contentsOf: $0) } }
        }
    }

    /// Drops the oldest exchanges until half of what they may take is free, and says what the session knows.
    private mutating func cut(_ known: () -> String) -> Bool {
        guard starts.count > 1 else { return false }
        let room = max(0, budgetBytes - (requestBytes - bytes(from: Self.goalTurns)))
        let keep = starts.dropFirst().first { bytes(from: $0) <= room / 2 } ?? starts[starts.count - 1]
        let dropped = Self.goalTurns..<keep
        turnBytes -= bytes(from: Self.goalTurns) - bytes(from: keep)
        turns.removeSubrange(dropped)
        starts = starts.filter { $0 >= keep }.map { $0 - dropped.count }
        let facts = known()
        append("\n\nEarlier steps are left out here." + (facts.isEmpty ? "" : " \(facts)"))
        return true
    }

    /// The bytes of a turn and of all behind it.
    private func bytes(from turn: Int) -> Int {
        turns[turn...].reduce(0) { $0 + $1.count }
    }
}

/// What one request says behind the head of all requests.
package struct DialogueRequest: Sendable, Equatable {
    let turns: [[UInt8]]
    /// The bytes of all turns.
    package let bytes: Int
    let hasOpenResults: Bool
}

extension ModelTurn.Carried {
    fileprivate var bytes: Int { members.count + content.count }
}

extension String {
    /// As it stands inside a JSON string, without the quotes.
    var escapedJSON: [UInt8] {
        var writer = JSONWriter(reservingCapacity: utf8.count + 16)
        writer.write(string: self)
        return Array(writer.bytes.dropFirst().dropLast())
    }
}
