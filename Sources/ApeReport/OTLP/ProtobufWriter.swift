/// Protocol Buffers' wire format, as much of it as OTLP takes.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    /// How a field's value is told apart from the next field.
    private enum WireType: UInt32 {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
        case fixed32 = 5
    }

    mutating func write(_ message: OTLPMessage) {
        for field in message.fields { write(field.number, field.value) }
    }

    private mutating func write(_ number: UInt32, _ value: OTLPMessage.Value) {
        switch value {
        case .text(let text): write(number, counted: Array(text.utf8))
        case .identifier(let bytes): write(number, counted: bytes)
        case .fixed64(let value):
            tag(number, .fixed64)
            fixed(value)
        case .signedFixed64(let value):
            tag(number, .fixed64)
            fixed(UInt64(bitPattern: value))
        case .fixed32(let value):
            tag(number, .fixed32)
            fixed(value)
        case .double(let value):
            tag(number, .fixed64)
            fixed(value.bitPattern)
        case .integer(let value):
            tag(number, .varint)
            varint(UInt64(bitPattern: value))
        case .number(let value):
            tag(number, .varint)
            varint(UInt64(value))
        case .flag(let value):
            tag(number, .varint)
            varint(value ? 1 : 0)
        case .message(let message): write(number, counted: message.protobuf)
        case .messages(let messages): for message in messages { write(number, counted: message.protobuf) }
        case .packedFixed64(let values): packed(number, values)
        case .packedDouble(let values): packed(number, values.map(\.bitPattern))
        }
    }

    private mutating func packed(_ number: UInt32, _ values: [UInt64]) {
        tag(number, .lengthDelimited)
        varint(UInt64(values.count * 8))
        for value in values { fixed(value) }
    }

    private mutating func write(_ number: UInt32, counted bytes: [UInt8]) {
        tag(number, .lengthDelimited)
        varint(UInt64(bytes.count))
        self.bytes += bytes
    }

    private mutating func tag(_ number: UInt32, _ type: WireType) {
        varint(UInt64(number << 3 | type.rawValue))
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func fixed(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }
}

extension OTLPMessage {
    /// The message in Protocol Buffers' wire format.
    package var protobuf: [UInt8] {
        var writer = ProtobufWriter()
        writer.write(self)
        return writer.bytes
    }
}
