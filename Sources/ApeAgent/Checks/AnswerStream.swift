import ApeInference
import ApeTransfer

/// The events of an answer that is a stream of events: server-sent events, or lines of JSON.
struct AnswerStream {
    struct Event {
        /// The event's data, or the line.
        var bytes: [UInt8]
        /// When it was whole, by the monotonic clock.
        var atMicros: Int64
    }

    let events: [Event]

    /// Reads what was kept of an answer's body; nil for an answer of another kind. An event that the limit cut is left
    /// out.
    init?(_ response: TransferResponse) {
        guard response.isStream else { return nil }
        let isServerSent = response.header("content-type")?.lowercased().contains("event-stream") ?? false
        events = isServerSent ? Self.serverSentEvents(response) : Self.lines(response)
    }

    private static func serverSentEvents(_ response: TransferResponse) -> [Event] {
        var parser = EventStreamParser()
        var events: [Event] = []
        var start = 0
        for arrival in response.arrivals {
            parser.append(response.body[start..<arrival.endByte])
            start = arrival.endByte
            // An event that is too long for the parser ends the reading; a body this long is cut by its limit before.
            while let event = try? parser.next() {
                events.append(Event(bytes: Array(event.bytes[event.range]), atMicros: arrival.atMicros))
            }
        }
        if !response.truncated, let last = parser.finish() {
            events.append(Event(bytes: Array(last.bytes[last.range]), atMicros: response.endedMicros))
        }
        return events
    }

    private static func lines(_ response: TransferResponse) -> [Event] {
        var events: [Event] = []
        var (lineStart, start) = (0, 0)
        for arrival in response.arrivals {
            for index in start..<arrival.endByte where response.body[index] == 0x0A {
                add(response.body[lineStart..<index], at: arrival.atMicros, to: &events)
                lineStart = index + 1
            }
            start = arrival.endByte
        }
        if !response.truncated { add(response.body[lineStart...], at: response.endedMicros, to: &events) }
        return events
    }

    /// Adds a line that is not blank, without the record separator of RFC 7464 before it.
    private static func add(_ line: ArraySlice<UInt8>, at micros: Int64, to events: inout [Event]) {
        let line = line.drop { $0 <= 0x20 }
        guard !line.isEmpty else { return }
        events.append(Event(bytes: Array(line), atMicros: micros))
    }
}

extension AnswerStream {
    /// How long events were waited for.
    struct Waits: Equatable {
        var events: Int
        /// From the request to the first event. Where none came it is what was waited, and nil where the listener left.
        var firstMicros: Int64?
        /// From each event to the next, and to the failure of an answer that failed.
        var gapMicros: [Int64]
        /// Whether the stream went on when it had been listened to for as long as the scenario says.
        var wasLeft: Bool
    }

    /// - Parameters:
    ///   - response: the answer, or what had come of it.
    ///   - isWhole: whether the stream ended as it should.
    /// - Returns: its waits.
    func waits(_ response: TransferResponse, isWhole: Bool) -> Waits {
        let times = events.map(\.atMicros)
        // How long a silent stream is listened to is the scenario's choice, and says nothing of the target.
        let first = times.first ?? (response.wasListenedTo ? nil : response.endedMicros)
        var waits = Waits(
            events: times.count,
            firstMicros: first.map { $0 - response.startedMicros },
            gapMicros: zip(times, times.dropFirst()).map { $1 - $0 },
            wasLeft: response.wasListenedTo
        )
        if !isWhole, let last = times.last { waits.gapMicros.append(response.endedMicros - last) }
        return waits
    }
}
