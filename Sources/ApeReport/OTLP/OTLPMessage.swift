import ApeCore

/// A message of the OpenTelemetry Protocol as the list of its fields, from which both of its encodings are made.
///
/// The numbers and names are those of opentelemetry-proto 1; its fields of these messages are stable.
package struct OTLPMessage: Sendable, Equatable {
    enum Value: Sendable, Equatable {
        case text(String)
        /// An identifier: bytes, and hexadecimal digits in JSON.
        case identifier([UInt8])
        case fixed64(UInt64)
        case signedFixed64(Int64)
        case fixed32(UInt32)
        case double(Double)
        /// An `int64`.
        case integer(Int64)
        /// An `enum` or an `uint32`.
        case number(UInt32)
        case flag(Bool)
        case message(OTLPMessage)
        /// A field that may be there several times.
        case messages([OTLPMessage])
        case packedFixed64([UInt64])
        case packedDouble([Double])
    }

    struct Field: Sendable, Equatable {
        var number: UInt32
        /// In JSON.
        var name: String
        var value: Value
    }

    private(set) var fields: [Field] = []

    init() {}

    /// Adds a field.
    mutating func add(_ number: UInt32, _ name: String, _ value: Value) {
        fields.append(Field(number: number, name: name, value: value))
    }

    /// Adds a field unless it is what is read where there is none.
    mutating func addUnlessDefault(_ number: UInt32, _ name: String, _ value: Value) {
        if !value.isDefault { add(number, name, value) }
    }
}

extension OTLPMessage.Value {
    fileprivate var isDefault: Bool {
        switch self {
        case .text(let text): text.isEmpty
        case .identifier(let bytes): bytes.isEmpty
        case .fixed64(let number): number == 0
        case .signedFixed64(let number), .integer(let number): number == 0
        case .fixed32(let number), .number(let number): number == 0
        case .double(let number): number == 0
        case .flag(let flag): !flag
        case .message: false
        case .messages(let messages): messages.isEmpty
        case .packedFixed64(let numbers): numbers.isEmpty
        case .packedDouble(let numbers): numbers.isEmpty
        }
    }
}

extension OTLPMessage {
    /// The message as JSON: identifiers in hexadecimal digits, integers of 64 bits as texts.
    package var json: JSONValue {
        .object(fields.reduce(into: JSONObject()) { $0[$1.name] = $1.value.json })
    }
}

extension OTLPMessage.Value {
    fileprivate var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .identifier(let bytes): .string(Hexadecimal.text(of: bytes))
        case .fixed64(let number): .string(String(number))
        case .signedFixed64(let number), .integer(let number): .string(String(number))
        case .fixed32(let number), .number(let number): .integer(Int64(number))
        case .double(let number): Self.json(number)
        case .flag(let flag): .bool(flag)
        case .message(let message): message.json
        case .messages(let messages): .array(messages.map(\.json))
        case .packedFixed64(let numbers): .array(numbers.map { .string(String($0)) })
        case .packedDouble(let numbers): .array(numbers.map(Self.json))
        }
    }

    private static func json(_ number: Double) -> JSONValue {
        if number.isFinite { return .number(number) }
        return .string(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity")
    }
}
