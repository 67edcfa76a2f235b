/// Reads one streamed answer from its bytes: parser, decoder and accumulator in a row.
struct AnswerReader {
    /// The greatest size of one stream, in bytes; a longer one is a failed decision.
    static let maximumStreamBytes = 16 << 20
    /// Bytes that are kept of an answer which is no stream.
    private static let maximumHeadBytes = 4096

    private var parser = EventStreamParser()
    private(set) var accumulator: DecisionAccumulator
    private var streamBytes = 0
    /// The answer's beginning, where it is no stream.
    private var head: [UInt8] = []

    init(dialect: any Dialect.Type) {
        accumulator = DecisionAccumulator(dialect: dialect)
    }

    /// When the first token came; nil while none has.
    var firstTokenMicros: Int64? { accumulator.times.firstToken }

    /// How far an answer has come. A reader says so whenever it has read: to ask it would copy it.
    struct Progress {
        /// Whether a token has come.
        var hasToken = false
        /// Whether only the tokens may still be told.
        var isFinished = false
        /// Whether nothing more needs to be read.
        var isSettled = false
    }

    /// Takes what was read at `now`.
    @discardableResult mutating func read(_ bytes: some Collection<UInt8>, at now: Int64) -> Progress {
        if !accumulator.isSettled { take(bytes, at: now) }
        return Progress(
            hasToken: accumulator.times.firstToken != nil,
            isFinished: accumulator.isFinished,
            isSettled: accumulator.isSettled
        )
    }

    private mutating func take(_ bytes: some Collection<UInt8>, at now: Int64) {
        streamBytes += bytes.count
        parser.append(bytes)
        if parser.isDocument { head += bytes.prefix(Self.maximumHeadBytes - min(head.count, Self.maximumHeadBytes)) }
        do throws(StreamFailure) {
            while !accumulator.isSettled, let event = try parser.next() { accumulator.take(event, at: now) }
            if streamBytes > Self.maximumStreamBytes { throw .tooLarge }
        } catch {
            accumulator.fail(error)
        }
    }

    /// The answer, once the stream has ended.
    mutating func finish(at now: Int64) throws(StreamFailure) -> DecisionAnswer {
        if !accumulator.isSettled, let event = parser.finish() { accumulator.take(event, at: now) }
        return try accumulator.finish(head: head)
    }
}
