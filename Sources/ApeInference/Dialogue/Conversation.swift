import ApeCore

/// What is said in one session, kept in one buffer as the JSON that is sent.
///
/// It begins with the goal and goes on in exchanges: what the model said, and what came of each of its calls. A request
/// is the head of all requests and this buffer, so each begins with the whole one before it: an endpoint's prompt
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
    /// The buffer grows by this.
    private static let roomBytes = 1024
    /// What ends every turn of the user and every result behind its text.
    private static let textEnd = Array("\"}".utf8)

    private let inference: PreparedInference
    private let contextTokens: Int
    private var bytesPerToken = usualBytesPerToken
    /// What an endpoint that found a request too long takes at most; nil while none has.
    private var overflowBytes: Int?
    /// The turns, with commas between them.
    private(set) var turns: [UInt8] = []
    /// Where the goal ends.
    private var goalEnd = 0
    /// Where each exchange begins.
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
        goalEnd = turns.count
    }

    var exchanges: Int { starts.count }

    /// Bytes of the next request.
    private var requestBytes: Int { inference.head.bytes.count + turns.count + 8 }
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
        return DialogueRequest(turns: turns, hasOpenResults: hasOpenResults)
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
        turns.removeLast(Self.textEnd.count)
        turns += text.escapedJSON
        turns += Self.textEnd
        if starts.isEmpty { goalEnd = turns.count }
    }

    /// Adds a turn. Room is made in steps: a buffer that doubles would be most of an agent's memory, and one that always
    /// fits would be copied with each turn.
    private mutating func write(
        textBytes: Int,
        isResult: Bool = false,
        _ write: (inout JSONWriter) -> Void
    ) {
        let needed = turns.count + textBytes + textBytes / 4 + Self.frameBytes
        if needed > turns.capacity {
            turns.reserveCapacity((needed / Self.roomBytes + 1) * Self.roomBytes)
        }
        var writer = JSONWriter()
        swap(&writer.bytes, &turns)
        if isResult, !hasOpenResults {
            if !writer.bytes.isEmpty { writer.append(",") }
            writer.append(inference.dialect.resultsOpening)
            hasOpenResults = true
        } else if !writer.bytes.isEmpty {
            writer.append(",")
        }
        write(&writer)
        swap(&writer.bytes, &turns)
        isResultLast = isResult
    }

    private mutating func closeResults() {
        guard hasOpenResults else { return }
        hasOpenResults = false
        inference.dialect.resultsClosing.withUTF8Buffer { turns.append(contentsOf: $0) }
    }

    /// Drops the oldest exchanges until half of what they may take is free, and says what the session knows.
    private mutating func cut(_ known: () -> String) -> Bool {
        guard starts.count > 1 else { return false }
        let room = max(0, budgetBytes - (requestBytes - (turns.count - goalEnd)))
        let keep = starts.dropFirst().first { turns.count - $0 <= room / 2 } ?? starts[starts.count - 1]
        let dropped = keep - goalEnd
        turns.removeSubrange(goalEnd..<keep)
        starts = starts.filter { $0 >= keep }.map { $0 - dropped }
        let facts = known()
        append("\n\nEarlier steps are left out here." + (facts.isEmpty ? "" : " \(facts)"))
        return true
    }
}

/// What one request says behind the head of all requests.
package struct DialogueRequest: Sendable, Equatable {
    let turns: [UInt8]
    let hasOpenResults: Bool

    package var bytes: Int { turns.count }
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
