import ApeCore
import ApeTransfer

/// How a dialogue is written for one kind of endpoint and its answers are read. What is peculiar to a kind stands in its
/// own folder, and nowhere else.
protocol Dialect: Sendable {
    /// Where requests go below the base URL.
    static func path(below baseURL: String) -> String
    /// The header that carries the key unless the scenario names another.
    static var keyHeader: String { get }
    /// Sent with every request unless the scenario sets them.
    static var headers: [TransferRequest.Header] { get }
    /// The member that limits an answer's tokens.
    static var tokenLimitKey: String { get }
    /// The member that holds what was said.
    static var turnsKey: String { get }

    /// The members of a request but for its turns.
    static func members(_ draft: RequestHead.Draft) -> JSONObject
    /// What stands before the first turn in the list of turns, with a comma behind it.
    static func beforeTurns(_ draft: RequestHead.Draft) -> [UInt8]

    /// Writes what the model said.
    static func write(_ turn: ModelTurn, to writer: inout JSONWriter)
    /// Writes the result of a call up to the end of its text, which ``textEnd`` closes.
    static func write(result text: String, ofCall id: String, to writer: inout JSONWriter)
    /// What opens and closes the message that holds the results of one turn's calls; empty where each is its own.
    static var resultsOpening: StaticString { get }
    static var resultsClosing: StaticString { get }

    /// Reads one event of a stream. Only what an agent needs is taken, and neither trees nor strings are built.
    ///
    /// - Parameters:
    ///   - bytes: the buffer that holds the event.
    ///   - range: the event's data.
    ///   - beginning: what the stream's events begin with.
    /// - Returns: what it says.
    /// - Throws: ``ApeError`` of code `json` for what the dialect does not allow.
    static func delta(
        of bytes: [UInt8],
        in range: Range<Int>,
        after beginning: inout EventBeginning
    ) throws(ApeError) -> StreamDelta
    /// What of an answer goes back as it came.
    static func carried(_ parts: CarriedParts, content: String, calls: [ToolCall]) -> ModelTurn.Carried
}

extension Dialect {
    static var resultsOpening: StaticString { "" }
    static var resultsClosing: StaticString { "" }

    static func beforeTurns(_ draft: RequestHead.Draft) -> [UInt8] { [] }

    /// Writes what the user says, which all dialects write alike.
    static func write(user text: String, to writer: inout JSONWriter) {
        writer.append("{\"role\":\"user\",\"content\":")
        writer.write(string: text)
        writer.append("}")
    }
}

extension Scenario.InferenceAPI {
    var dialect: any Dialect.Type {
        switch self {
        case .chat: ChatDialect.self
        case .responses: ResponsesDialect.self
        case .messages: MessagesDialect.self
        }
    }
}
