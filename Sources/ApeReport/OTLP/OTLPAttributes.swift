import ApeCore

/// Names with values, in the order in which they were given; what is not known is left out.
package struct OTLPAttributes: Sendable, Equatable {
    /// Bytes of a value, beyond which it is cut.
    static let greatestBytes = 1024

    package enum Value: Sendable, Equatable {
        case text(String)
        case integer(Int64)
        case number(Double)
        case flag(Bool)
    }

    private(set) var pairs: [(name: String, value: Value)] = []

    package init() {}

    package static func == (one: OTLPAttributes, other: OTLPAttributes) -> Bool {
        one.messages == other.messages
    }

    package subscript(name: String) -> Value? {
        get { pairs.last { $0.name == name }?.value }
        set {
            pairs.removeAll { $0.name == name }
            if let newValue { pairs.append((name, newValue)) }
        }
    }

    package mutating func set(_ name: String, _ text: String?) {
        self[name] = text.map { .text($0.cut(to: Self.greatestBytes)) }
    }

    package mutating func set(_ name: String, _ number: Int64?) {
        self[name] = number.map { .integer($0) }
    }

    var messages: [OTLPMessage] {
        pairs.map { name, value in
            var any = OTLPMessage()
            switch value {
            case .text(let text): any.add(1, "stringValue", .text(text))
            case .flag(let flag): any.add(2, "boolValue", .flag(flag))
            case .integer(let number): any.add(3, "intValue", .integer(number))
            case .number(let number): any.add(4, "doubleValue", .double(number))
            }
            var pair = OTLPMessage()
            pair.add(1, "key", .text(name))
            pair.add(2, "value", .message(any))
            return pair
        }
    }
}
