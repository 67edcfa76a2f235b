import ApeCore

/// One span of a trace.
struct OTLPSpan: Sendable, Equatable {
    enum Kind: UInt32, Sendable {
        case inside = 1
        case client = 3
    }

    struct Event: Sendable, Equatable {
        var name: String
        var micros: Int64
    }

    var traceID: [UInt8]
    var id: UInt64
    var parent: UInt64?
    var name: String
    var kind: Kind
    /// Fleet time, which is that of the wall clock.
    var startMicros: Int64
    var endMicros: Int64
    var attributes = OTLPAttributes()
    var event: Event?
    /// What failed, in words; nil where nothing did.
    var error: String?

    /// Sampled, and no parent of it is elsewhere.
    private static let flags: UInt32 = 0x101
    private static let errorCode: UInt32 = 2

    var message: OTLPMessage {
        var span = OTLPMessage()
        span.add(1, "traceId", .identifier(traceID))
        span.add(2, "spanId", .identifier(Self.bytes(id)))
        if let parent { span.add(4, "parentSpanId", .identifier(Self.bytes(parent))) }
        span.add(5, "name", .text(name.cut(to: OTLPAttributes.greatestBytes)))
        span.add(6, "kind", .number(kind.rawValue))
        span.add(7, "startTimeUnixNano", .fixed64(Self.nanos(startMicros)))
        span.add(8, "endTimeUnixNano", .fixed64(Self.nanos(max(startMicros, endMicros))))
        span.addUnlessDefault(9, "attributes", .messages(attributes.messages))
        if let event {
            var message = OTLPMessage()
            message.add(1, "timeUnixNano", .fixed64(Self.nanos(event.micros)))
            message.add(2, "name", .text(event.name))
            span.add(11, "events", .messages([message]))
        }
        if let error {
            var status = OTLPMessage()
            status.addUnlessDefault(2, "message", .text(error.cut(to: OTLPAttributes.greatestBytes)))
            status.add(3, "code", .number(Self.errorCode))
            span.add(15, "status", .message(status))
        }
        span.add(16, "flags", .fixed32(Self.flags))
        return span
    }

    static func nanos(_ micros: Int64) -> UInt64 {
        UInt64(max(0, micros)).multipliedReportingOverflow(by: 1_000).partialValue
    }

    private static func bytes(_ id: UInt64) -> [UInt8] {
        withUnsafeBytes(of: id.bigEndian) { Array($0) }
    }
}
