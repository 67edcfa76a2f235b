import ApeCore

/// What is said in one session, kept as the JSON that is sent: no trees, one buffer.
///
/// It consists of exchanges: what the model answered, and what came of each of its calls. When it outgrows the budget,
/// whole exchanges are dropped, the oldest first; a call is never parted from its answer, and the latest exchange
/// always stays.
struct Conversation: Sendable {
    /// Bytes of the model's own words that are kept of one answer.
    static let maximumWordsBytes = 2048
    /// Bytes of JSON that count as one token.
    static let bytesPerToken = 4

    private let budgetBytes: Int
    /// The messages, each with a comma before it.
    private var bytes: [UInt8] = []
    /// Where each exchange begins.
    private var starts: [Int] = []

    /// - Parameter budgetBytes: what may be sent besides the system prompt and the goal.
    init(budgetBytes: Int) {
        self.budgetBytes = budgetBytes
    }

    /// The messages, each with a comma before it.
    var messages: [UInt8] { bytes }
    var exchanges: Int { starts.count }

    /// Begins an exchange with a model's answer in tool mode.
    mutating func begin(_ answer: DecisionAnswer) {
        reserve(answer.calls.reduce(answer.content.utf8.count) { $0 + $1.arguments.utf8.count + Self.frameBytes })
        begin { writer in
            writer.append(",{\"role\":\"assistant\",\"content\":")
            Self.write(words: answer.content, isNullIfEmpty: !answer.calls.isEmpty, to: &writer)
            guard !answer.calls.isEmpty else { return writer.append("}") }
            writer.append(",\"tool_calls\":[")
            for (index, call) in answer.calls.enumerated() {
                if index > 0 { writer.append(",") }
                writer.append("{\"id\":")
                writer.write(string: call.id)
                writer.append(",\"type\":\"function\",\"function\":{\"name\":")
                writer.write(string: call.name)
                writer.append(",\"arguments\":")
                writer.write(string: Self.sendable(call.arguments))
                writer.append("}}")
            }
            writer.append("]}")
        }
    }

    /// Begins an exchange with a model's answer in words alone.
    mutating func begin(words: String) {
        begin { writer in
            writer.append(",{\"role\":\"assistant\",\"content\":")
            Self.write(words: words, isNullIfEmpty: false, to: &writer)
            writer.append("}")
        }
    }

    /// Adds what came of a call.
    mutating func answer(call: String, _ text: String) {
        reserve(call.utf8.count + text.utf8.count)
        add { writer in
            writer.append(",{\"role\":\"tool\",\"tool_call_id\":")
            writer.write(string: call)
            writer.append(",\"content\":")
            writer.write(string: text)
            writer.append("}")
        }
    }

    /// Adds what the agent has to say where there is no call to answer.
    mutating func answer(_ text: String) {
        reserve(text.utf8.count)
        add { writer in
            writer.append(",{\"role\":\"user\",\"content\":")
            writer.write(string: text)
            writer.append("}")
        }
    }

    /// Makes room for a message and no more: left to itself the buffer doubles, and most of it is an agent's memory.
    private mutating func reserve(_ textBytes: Int) {
        let escapes = textBytes / 4
        bytes.reserveCapacity(bytes.count + textBytes + escapes + Self.frameBytes)
    }

    /// A message without its text.
    private static let frameBytes = 96

    private mutating func begin(_ write: (inout JSONWriter) -> Void) {
        starts.append(bytes.count)
        add(write)
    }

    private mutating func add(_ write: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        swap(&writer.bytes, &bytes)
        write(&writer)
        swap(&writer.bytes, &bytes)
        trim()
    }

    /// Drops the oldest exchanges until the rest fits.
    private mutating func trim() {
        guard bytes.count > budgetBytes, starts.count > 1 else { return }
        let keep = starts.dropFirst().first { bytes.count - $0 <= budgetBytes } ?? starts[starts.count - 1]
        bytes.removeSubrange(..<keep)
        starts = starts.filter { $0 >= keep }.map { $0 - keep }
    }

    private static func write(words: String, isNullIfEmpty: Bool, to writer: inout JSONWriter) {
        if words.isEmpty, isNullIfEmpty {
            writer.append("null")
        } else {
            writer.write(string: String(decoding: words.utf8.prefix(maximumWordsBytes), as: UTF8.self))
        }
    }

    /// Arguments as they can be sent back: some servers refuse a conversation whose calls are not valid JSON.
    private static func sendable(_ arguments: String) -> String {
        guard arguments.utf8.count <= maximumSentArgumentBytes else { return "{}" }
        var scanner = JSONScanner(Array(arguments.utf8))
        guard scanner.peek() == UInt8(ascii: "{"), (try? scanner.skipValue()) != nil, (try? scanner.finish()) != nil
        else { return "{}" }
        return arguments
    }

    private static let maximumSentArgumentBytes = 8192
}
