import ApeCore
import NIOHTTP1

/// The writing of one stream: its first token, and after that the others in a few parts with pauses between them.
final class CompletionStream {
    /// The number of writes after the first: enough to show a generation time, few enough to be cheap.
    static let laterWrites = 2

    private let exchange: DemoExchange
    private let events: [CompletionEvents.Event]
    private let error: InferenceDraw.StreamError?
    private let clock: () -> Int64
    private let parts: ArraySlice<Range<Int>>
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
        events: [CompletionEvents.Event],
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
        let parts = Self.parts(of: events.count)
        pauseMicros = generationMicros / Int64(max(1, parts.count - 1))
        // A stream that breaks off sends its first half.
        self.parts = error == nil ? parts[...] : parts.prefix(parts.count / 2)
    }

    /// Writes the head and the first part, and has the others follow.
    func begin() {
        var head = DemoAnswer(status: 200, contentType: "text/event-stream; charset=utf-8")
        head.headers.add(name: "Cache-Control", value: "no-cache")
        exchange.begin(head)
        write(parts)
    }

    private func write(_ parts: ArraySlice<Range<Int>>) {
        guard let part = parts.first else { return fail() }
        let rest = parts.dropFirst()
        let bytes = writer.chunk(events[part], nowMicros: clock())
        exchange.send(bytes, isLast: rest.isEmpty && error == nil)
        if !rest.isEmpty { exchange.wait(pauseMicros) { self.write(rest) } } else if error != nil { fail() }
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
