/// Any JSON value. Every number keeps its digits.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A finite number whose shortest text is the one that was read.
    case number(Double)
    /// A number that neither of these gives back as it was written: `18446744073709551615`, `19.90`, `1e400`.
    case exact(NumberText)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    /// The member `key` of an object; nil for a missing key and for anything that is not an object.
    package subscript(_ key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    /// The element `index` of an array; nil when out of range and for anything that is not an array.
    package subscript(_ index: Int) -> JSONValue? {
        if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
    }

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var bool: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// An exact integer: `3`, `3.0` and `3e0`, but not `3.5` and nothing outside 64 bits.
    package var integer: Int64? {
        switch self {
        case .integer(let number): number
        case .number(let number): Int64(exactly: number)
        case .exact(let number): DecimalNumber(number.text)?.int64
        default: nil
        }
    }

    /// Any number as a double; nil for one that no finite double comes near, such as `1e400`.
    package var number: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        case .exact(let number): Double(number.text).flatMap { $0.isFinite ? $0 : nil }
        default: nil
        }
    }

    /// Any number with all its digits, to compare with another; nil for anything else.
    package var decimal: DecimalNumber? {
        switch self {
        case .integer(let number): DecimalNumber("\(number)")
        case .number(let number): DecimalNumber("\(number)")
        case .exact(let number): DecimalNumber(number.text)
        default: nil
        }
    }

    package var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    package var object: JSONObject? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The name of this value's type, for messages: `null`, `boolean`, `integer`, `number`, `string`, `array`, `object`.
    package var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .number, .exact: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

/// The text of a JSON number, as it was read.
package struct NumberText: Sendable, Equatable {
    package let text: String

    /// Takes a text that is a JSON number.
    init(_ text: String) {
        self.text = text
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(nilLiteral: ()) { self = .null }

    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (key, value) in elements { object[key] = value }
        self = .object(object)
    }
}
