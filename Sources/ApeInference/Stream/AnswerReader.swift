/// Reads one streamed answer from its bytes: parser, decoder and accumulator in a row.
struct AnswerReader {
    /// The greatest size of one stream, in bytes; a longer one is a failed decision.
    static let maximumStreamBytes = 16 << 20

    private var parser = EventStreamParser()
    private(set) var accumulator = DecisionAccumulator()
    private var streamBytes = 0

    init() {}

    /// When the first token came; nil while none has.
    var firstTokenMicros: Int64? { accumulator.times.firstToken }

    /// Takes what was read at `now`.
    ///
    /// - Returns: whether the answer is settled, so that nothing more needs to be read.
    mutating func read(_ bytes: some Collection<UInt8>, at now: Int64) -> Bool {
        guard !accumulator.isSettled else { return true }
        streamBytes += bytes.count
        parser.append(bytes)
        do throws(StreamFailure) {
            while !accumulator.isSettled, let event = try parser.next() { accumulator.take(event, at: now) }
            if streamBytes > Self.maximumStreamBytes { throw .tooLarge }
        } catch {
            accumulator.fail(error)
        }
        return accumulator.isSettled
    }

    /// The answer, once the stream has ended.
    mutating func finish(at now: Int64) throws(StreamFailure) -> DecisionAnswer {
        if !accumulator.isSettled, let event = parser.finish() { accumulator.take(event, at: now) }
        return try accumulator.finish(firstByte: parser.firstByte)
    }
}
