import ApeCore
import NIOCore

/// Lays out a completion as one API has it: event by event, or whole.
protocol CompletionWriter: Sendable {
    /// Appends what one event of the plan is in the stream, its server-sent events.
    mutating func write(_ event: CompletionEvents.Event, nowMicros: Int64, to writer: inout JSONWriter)

    /// Appends the end of a stream that failed.
    mutating func writeFailure(nowMicros: Int64, to writer: inout JSONWriter)

    /// Appends the whole answer to a request that is not streamed.
    func writeWhole(to writer: inout JSONWriter)
}

extension CompletionWriter {
    /// The bytes of several events that are sent together.
    mutating func chunk(_ events: ArraySlice<CompletionEvents.Event>, nowMicros: Int64) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: events.count * 256)
        for event in events { write(event, nowMicros: nowMicros, to: &writer) }
        return writer.bytes
    }

    /// The bytes of the whole answer.
    var whole: ByteBuffer {
        var writer = JSONWriter()
        writeWhole(to: &writer)
        return ByteBuffer(bytes: writer.bytes)
    }

    /// The bytes that end a failed stream.
    mutating func failure(nowMicros: Int64) -> [UInt8] {
        var writer = JSONWriter()
        writeFailure(nowMicros: nowMicros, to: &writer)
        return writer.bytes
    }
}

extension JSONWriter {
    /// Writes a further member of an object.
    mutating func member(_ name: StaticString, _ text: String) {
        append(name)
        write(string: text)
    }

    /// Writes a further member of an object.
    mutating func member(_ name: StaticString, _ number: Int) {
        append(name)
        write(integer: Int64(number))
    }

    /// Writes the time of sending as a further member.
    mutating func timestamp(_ micros: Int64) {
        append(",\"ape_sent_us\":")
        write(integer: micros)
    }
}

extension Scenario.InferenceAPI {
    /// The writer of this API's answers.
    func writer(_ completion: Completion) -> any CompletionWriter {
        switch self {
        case .chat: ChatWriter(completion)
        case .responses: ResponsesWriter(completion)
        case .messages: MessagesWriter(completion)
        }
    }
}
