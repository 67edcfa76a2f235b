import ApeCore

/// What is said in one session, kept in one buffer as the JSON that is sent.
///
/// It consists of exchanges: what the model said, and what came of each of its calls. When it outgrows the budget,
/// whole exchanges are dropped, the oldest first; a call is never parted from its answer, and the latest exchange
/// always stays.
package struct Conversation: Sendable {
    /// Bytes of JSON that count as one token.
    private static let bytesPerToken = 4
    /// A message without its text.
    private static let frameBytes = 96

    private let inference: PreparedInference
    /// The goal, escaped for a JSON string.
    private let goal: [UInt8]
    private let budgetBytes: Int
    /// The messages, each with a comma before it.
    private(set) var messages: [UInt8] = []
    /// Where each exchange begins.
    private var starts: [Int] = []

    /// - Parameters:
    ///   - inference: the endpoint that the model is asked at.
    ///   - goal: what the model is to do.
    ///   - contextTokens: what a request may hold, instructions and goal included.
    package init(_ inference: PreparedInference, goal: String, contextTokens: Int) {
        let goal = goal.escapedJSON
        let fixed = inference.opening.count + inference.instructions.count + goal.count
        self.init(inference, goal: goal, budgetBytes: max(0, contextTokens * Self.bytesPerToken - fixed))
    }

    /// A conversation whose messages may take `budgetBytes`; the goal is escaped for a JSON string.
    init(_ inference: PreparedInference, goal: [UInt8], budgetBytes: Int) {
        self.inference = inference
        self.goal = goal
        self.budgetBytes = budgetBytes
    }

    var exchanges: Int { starts.count }

    /// The body of the next request.
    ///
    /// - Parameter known: what has become known, for the end of the instructions.
    /// - Returns: the body, ready to be sent.
    package func requestBody(known: String) -> [UInt8] {
        ChatDialect.body(
            opening: inference.opening,
            instructions: inference.instructions,
            known: known,
            goal: goal,
            messages: messages
        )
    }

    /// Begins an exchange with what the model said.
    ///
    /// - Parameters:
    ///   - turn: what it said.
    ///   - number: the decision's number in the session.
    /// - Returns: the calls that it asks for; none where it called no tool.
    /// - Throws: ``ApeError`` of code `invalid_call` where the model is told to write its calls as content and did not.
    package mutating func begin(_ turn: ModelTurn, number: Int) throws(ApeError) -> [ToolCall] {
        starts.append(messages.count)
        switch inference.toolMode {
        case .tools:
            add(turn)
            return turn.calls
        case .json:
            add(ModelTurn(content: turn.content))
            return [try ContentToolCall.read(turn.content, number: number)]
        }
    }

    /// Adds what came of a call; nil for what the agent has to say where there is no call to answer.
    package mutating func reply(_ text: String, to call: ToolCall?) {
        let id = inference.toolMode == .tools ? call?.id : nil
        add(textBytes: text.utf8.count + (id?.utf8.count ?? 0)) { writer in
            ChatDialect.write(reply: text, toCall: id, to: &writer)
        }
    }

    private mutating func add(_ turn: ModelTurn) {
        let textBytes = turn.calls.reduce(turn.content.utf8.count) { size, call in
            size + call.arguments.text.utf8.count + Self.frameBytes
        }
        add(textBytes: textBytes) { ChatDialect.write(turn, to: &$0) }
    }

    /// Adds a message. Room is made for it and no more: a buffer that doubles would be most of an agent's memory.
    private mutating func add(textBytes: Int, _ write: (inout JSONWriter) -> Void) {
        let escapes = textBytes / 4
        messages.reserveCapacity(messages.count + textBytes + escapes + Self.frameBytes)
        var writer = JSONWriter()
        swap(&writer.bytes, &messages)
        writer.append(",")
        write(&writer)
        swap(&writer.bytes, &messages)
        trim()
    }

    /// Drops the oldest exchanges until the rest fits.
    private mutating func trim() {
        guard messages.count > budgetBytes, starts.count > 1 else { return }
        let keep = starts.dropFirst().first { messages.count - $0 <= budgetBytes } ?? starts[starts.count - 1]
        messages.removeSubrange(..<keep)
        starts = starts.filter { $0 >= keep }.map { $0 - keep }
    }
}

extension String {
    /// As it stands inside a JSON string, without the quotes.
    var escapedJSON: [UInt8] {
        var writer = JSONWriter(reservingCapacity: utf8.count + 16)
        writer.write(string: self)
        return Array(writer.bytes.dropFirst().dropLast())
    }
}
