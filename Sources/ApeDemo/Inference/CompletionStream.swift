import ApeCore
import NIOHTTP1

/// The writing of one stream: its first token, and after that the others in a few parts with pauses between them.
final class CompletionStream {
    /// The number of writes after the first: enough to show a generation time, few enough to be cheap.
    static let laterWrites = 2

    private let exchange: DemoExchange
    private let events: CompletionEvents
    private let error: InferenceDraw.StreamError?
    private let clock: () -> Int64
    /// How many parts are sent, and how many were.
    private let partCount: Int
    private var sentCount = 0
    private let pauseMicros: Int64
    private var writer: any CompletionWriter

    /// - Parameters:
    ///   - exchange: the request that is answered.
    ///   - events: all that the stream is made of.
    ///   - writer: lays them out.
    ///   - error: how the stream breaks off; nil for one that does not.
    ///   - generationMicros: from the first part to the last.
    ///   - clock: what `ape_sent_us` is read from.
    init(
        _ exchange: DemoExchange,
        events: CompletionEvents,
        writer: any CompletionWriter,
        error: InferenceDraw.StreamError?,
        generationMicros: Int64,
        clock: @escaping () -> Int64
    ) {
        self.exchange = exchange
        self.events = events
        self.writer = writer
        self.error = error
        self.clock = clock
        pauseMicros = generationMicros / Int64(max(1, events.parts.count - 1))
        // A stream that breaks off sends its first half.
        partCount = error == nil ? events.parts.count : events.parts.count / 2
    }

    /// Writes the head and the first part, and has the others follow.
    func begin() {
        var head = DemoAnswer(status: 200, contentType: "text/event-stream; charset=utf-8")
        head.headers.add(name: "Cache-Control", value: "no-cache")
        exchange.begin(head)
        write()
    }

    private func write() {
        guard sentCount < partCount else { return fail() }
        let bytes = writer.chunk(events.events[events.parts[sentCount]], nowMicros: clock())
        sentCount += 1
        let isLast = sentCount == partCount
        exchange.send(bytes, isLast: isLast && error == nil)
        if !isLast { exchange.wait(pauseMicros) { self.write() } } else if error != nil { fail() }
    }

    private func fail() {
        switch error {
        case .brokenConnection: exchange.breakOff()
        case .errorEvent: exchange.send(writer.failure(nowMicros: clock()), isLast: true)
        case .cleanEnd, nil: exchange.end()
        }
    }

    /// Which events are sent together: first the start and the first token, then the others in equal parts.
    static func parts(of count: Int) -> [Range<Int>] {
        let first = min(2, count)
        let rest = count - first
        return [0..<first]
            + (0..<laterWrites).map { part in
                (first + rest * part / laterWrites)..<(first + rest * (part + 1) / laterWrites)
            }.filter { !$0.isEmpty }
    }
}
