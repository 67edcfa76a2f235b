import ApeCore

/// Gathers one answer from a stream's events: pure, the time comes with each event.
struct DecisionAccumulator {
    /// Raw bytes of one answer, escapes unresolved; a greater one is a failed decision.
    static let maximumAnswerBytes = 1 << 20

    /// Bytes of an error's event that are kept until it is told.
    private static let maximumErrorBytes = 4096

    private let dialect: any Dialect.Type
    private var beginning = EventBeginning()
    private var form = EventForm()
    /// The first failure; what follows it is ignored.
    private(set) var failure: StreamFailure?
    /// The answer's end was read: nothing after it counts.
    private(set) var isDone = false
    private(set) var times = DecisionTimes()
    private var content: [UInt8] = []
    private var thought: [UInt8] = []
    private var calls = ToolCallAssembly()
    private var carried = CarriedParts()
    private var finishReason: [UInt8]?
    private var report: UsageReport?
    private var timeInfo: TimeInfo?
    private(set) var answerBytes = 0
    private var hasEvents = false

    init(dialect: any Dialect.Type) {
        self.dialect = dialect
    }

    /// Whether nothing that may still come can change the answer.
    var isSettled: Bool { isDone || failure != nil || finishReason != nil && report?.usage != nil }
    /// Whether the model has said all, so that only the tokens may still be told.
    var isFinished: Bool { finishReason != nil }
    /// The tokens, as far as they were told.
    var usage: TokenUsage? { report?.usage }

    /// Takes one event that was read at `now`.
    mutating func take(_ event: EventStreamParser.Event, at now: Int64) {
        guard !isSettled, !event.range.isEmpty else { return }
        hasEvents = true
        do throws(StreamFailure) {
            try take(try delta(of: event), of: event, at: now)
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
    /// - Parameter head: what the stream began with, where that was no event.
    /// - Returns: what the model answered.
    /// - Throws: ``StreamFailure`` for a stream that is no answer.
    func finish(head: [UInt8]) throws(StreamFailure) -> DecisionAnswer {
        if let failure { throw failure }
        if !hasEvents { throw StreamFailure(document: head) }
        guard isDone || finishReason != nil else { throw .cutShort }
        let reason = finishReason.map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard let ending = AnswerEnding(finishReason: reason) else {
            throw .errorObject(message: "the answer ended with the finish reason \"\(reason)\"", code: nil)
        }
        var turn = ModelTurn(
            content: try ToolCallAssembly.text(content),
            calls: try calls.calls(seed: times.firstToken ?? 0),
            thought: (try? ToolCallAssembly.text(thought)) ?? ""
        )
        turn.carried = dialect.carried(carried, content: turn.content, calls: turn.calls)
        return DecisionAnswer(turn: turn, ending: ending, usage: report?.usage, timeInfo: timeInfo, times: times)
    }

    private mutating func delta(of event: EventStreamParser.Event) throws(StreamFailure) -> StreamDelta {
        if let text = form.text(of: event.bytes, in: event.range) { return form.delta(saying: text) }
        do throws(ApeError) {
            let delta = try dialect.delta(of: event.bytes, in: event.range, after: &beginning)
            form.keep(delta, of: event.bytes, in: event.range)
            return delta
        } catch {
            guard event.isError else { throw .malformed(error.message) }
            throw .errorObject(
                message: Self.text(of: event),
                code: nil
            )
        }
    }

    private mutating func take(
        _ delta: borrowing StreamDelta,
        of event: EventStreamParser.Event,
        at now: Int64
    ) throws(StreamFailure) {
        if delta.error != nil || event.isError { throw Self.failure(delta.error, in: event) }
        if delta.isToken, times.firstToken == nil {
            times.firstToken = now
            times.firstTokenSent = delta.sentMicros
        }
        if times.firstAnswerToken == nil, delta.isAnswerToken { times.firstAnswerToken = now }
        try gather(delta, of: event.bytes)
        if calls.hasComplete, times.firstToolCall == nil { times.firstToolCall = now }
        if let usage = delta.usage { report = report.merged(with: usage) }
        if let info = delta.timeInfo {
            if timeInfo == nil { timeInfo = info } else { timeInfo?.merge(info) }
        }
        if let reason = delta.finishReason, !reason.isEmpty, !event.bytes[reason].elementsEqual("null".utf8) {
            finishReason = Array(event.bytes[reason])
        }
        isDone = delta.isEnd
        if isDone || isFinished { end(at: now) }
    }

    /// Keeps what the event says.
    private mutating func gather(_ delta: borrowing StreamDelta, of bytes: [UInt8]) throws(StreamFailure) {
        if !delta.content.isEmpty {
            content.append(contentsOf: bytes[delta.content])
            carried.take(text: bytes[delta.content])
        }
        for part in delta.moreContent { content.append(contentsOf: bytes[part]) }
        answerBytes += delta.content.count + delta.moreContent.reduce(0) { $0 + $1.count } + delta.reasoning.count
        if !delta.reasoning.isEmpty { thought.append(contentsOf: bytes[delta.reasoning]) }
        if let fragment = delta.toolFragment { try gather(fragment, of: bytes) }
        for fragment in delta.moreToolFragments { try gather(fragment, of: bytes) }
        for piece in delta.carried { carried.take(piece, of: bytes) }
        if !delta.lateItems.isEmpty { carried.take(late: delta.lateItems, of: bytes) }
        if answerBytes > Self.maximumAnswerBytes { throw .tooLarge }
    }

    private mutating func gather(_ fragment: StreamDelta.ToolFragment, of bytes: [UInt8]) throws(StreamFailure) {
        answerBytes += fragment.arguments.count + fragment.name.count + fragment.extra.count
        try calls.add(fragment, of: bytes)
    }

    /// The answer's end makes a call without arguments whole.
    private mutating func end(at now: Int64) {
        if times.end == nil { times.end = now }
        if !calls.isEmpty, times.firstToolCall == nil { times.firstToolCall = now }
    }

    /// An event as it came, up to a bound that no sentence reaches.
    private static func text(of event: EventStreamParser.Event) -> String {
        String(decoding: event.bytes[event.range].prefix(maximumErrorBytes), as: UTF8.self)
    }

    private static func failure(_ error: StreamDelta.ErrorObject?, in event: EventStreamParser.Event) -> StreamFailure {
        let scanner = JSONScanner(event.bytes, in: event.range)
        func text(_ range: Range<Int>) -> String? { range.isEmpty ? nil : try? scanner.text(at: range) }
        let whole = Self.text(of: event)
        guard let error else { return .errorObject(message: whole, code: nil) }
        let code = error.code.isEmpty ? error.type : error.code
        let word = String(decoding: event.bytes[code], as: UTF8.self)
        return .errorObject(
            message: text(error.message) ?? whole,
            code: word.isEmpty ? nil : word
        )
    }
}

extension UsageReport? {
    fileprivate func merged(with later: UsageReport) -> UsageReport {
        guard var report = self else { return later }
        report.merge(later)
        return report
    }
}
