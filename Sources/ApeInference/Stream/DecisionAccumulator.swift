import ApeCore

/// Gathers one answer from a stream's events: pure, the time comes with each event.
struct DecisionAccumulator {
    /// Raw bytes of content and arguments in one answer, escapes unresolved; a greater one is a failed decision.
    static let maximumAnswerBytes = 1 << 20

    /// The first failure; what follows it is ignored.
    private(set) var failure: StreamFailure?
    /// The answer's end was read: nothing after it counts.
    private(set) var isDone = false
    private(set) var times = DecisionTimes()
    private var content: [UInt8] = []
    private var calls = ToolCallAssembly()
    private var finishReason: [UInt8]?
    private var usage: TokenUsage?
    private var timeInfo: TimeInfo?
    private var answerBytes = 0
    private var hasEvents = false

    init() {}

    /// Whether nothing that may still come can change the answer.
    var isSettled: Bool { isDone || failure != nil }

    /// Takes one event that was read at `now`.
    mutating func take(_ event: EventStreamParser.Event, at now: Int64) {
        guard !isSettled, !event.range.isEmpty else { return }
        hasEvents = true
        do throws(StreamFailure) {
            try take(try Self.delta(of: event), of: event, at: now)
        } catch {
            failure = error
        }
    }

    /// Takes a failure that was found before an event could be.
    mutating func fail(_ failure: StreamFailure) {
        self.failure = self.failure ?? failure
    }

    /// The answer, once the stream has ended.
    ///
    /// - Parameter firstByte: the stream's first byte, as ``EventStreamParser/firstByte``.
    /// - Returns: what the model answered.
    /// - Throws: ``StreamFailure`` for a stream that is no answer.
    func finish(firstByte: UInt8?) throws(StreamFailure) -> DecisionAnswer {
        if let failure { throw failure }
        if !hasEvents, firstByte == UInt8(ascii: "{") { throw .notStreaming }
        guard isDone || finishReason != nil else { throw .cutShort }
        return DecisionAnswer(
            turn: ModelTurn(content: try ToolCallAssembly.text(content), calls: try calls.calls()),
            finishReason: finishReason.map { String(decoding: $0, as: UTF8.self) },
            usage: usage,
            timeInfo: timeInfo,
            times: times
        )
    }

    private static func delta(of event: EventStreamParser.Event) throws(StreamFailure) -> StreamDelta {
        do throws(ApeError) {
            return try ChatDialect.delta(of: event.bytes, in: event.range)
        } catch {
            guard event.isError else { throw .malformed(error.message) }
            throw .errorObject(
                message: String(decoding: event.bytes[event.range].prefix(256), as: UTF8.self),
                code: nil
            )
        }
    }

    private mutating func take(
        _ delta: StreamDelta,
        of event: EventStreamParser.Event,
        at now: Int64
    ) throws(StreamFailure) {
        if delta.isEnd {
            isDone = true
            return completeCalls(at: now)
        }
        if delta.error != nil || event.isError { throw Self.failure(delta.error, in: event) }
        if delta.isToken, times.firstToken == nil {
            times.firstToken = now
            times.firstTokenSent = delta.sentMicros
        }
        if times.firstAnswerToken == nil, delta.isAnswerToken { times.firstAnswerToken = now }
        answerBytes += delta.content.count
        content.append(contentsOf: event.bytes[delta.content])
        for fragment in delta.toolFragments {
            answerBytes += fragment.arguments.count + fragment.name.count
            try calls.add(fragment, of: event.bytes)
        }
        if answerBytes > Self.maximumAnswerBytes { throw .tooLarge }
        if calls.hasComplete, times.firstToolCall == nil { times.firstToolCall = now }
        if let reason = delta.finishReason {
            finishReason = Array(event.bytes[reason])
            completeCalls(at: now)
        }
        usage = delta.usage ?? usage
        timeInfo = delta.timeInfo ?? timeInfo
    }

    /// The answer's end makes a call without arguments whole.
    private mutating func completeCalls(at now: Int64) {
        if !calls.isEmpty, times.firstToolCall == nil { times.firstToolCall = now }
    }

    private static func failure(_ error: StreamDelta.ErrorObject?, in event: EventStreamParser.Event) -> StreamFailure {
        let scanner = JSONScanner(event.bytes, in: event.range)
        let message = error.flatMap { $0.message.isEmpty ? nil : try? scanner.text(at: $0.message) }
        let code = error.map { String(decoding: event.bytes[$0.code], as: UTF8.self) } ?? ""
        let whole = String(decoding: event.bytes[event.range].prefix(256), as: UTF8.self)
        return .errorObject(message: String((message ?? whole).prefix(256)), code: code.isEmpty ? nil : code)
    }
}
