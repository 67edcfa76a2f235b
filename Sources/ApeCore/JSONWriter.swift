extension JSONValue {
    /// The compact JSON text: one line, keys in their order, nothing outside RFC 8259.
    package var text: String {
        String(decoding: utf8, as: UTF8.self)
    }

    /// The compact JSON text's bytes.
    package var utf8: [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }

    /// Indented JSON text for people, ended by a newline. Scalars that are no words (``PlainText``) are escaped in it.
    package var prettyText: String {
        var writer = JSONWriter()
        writer.escapesOrders = true
        writer.write(self, indent: 0)
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }
}

/// Appends JSON to bytes. Non-finite doubles are written as null, for JSON has no word for them.
package struct JSONWriter {
    package var bytes: [UInt8] = []
    /// Whether scalars beyond ASCII that a terminal takes for orders are written as escapes.
    var escapesOrders = false

    package init(reservingCapacity capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    package mutating func write(_ value: JSONValue) {
        switch value {
        case .object(let members):
            append("{")
            for (index, member) in members.enumerated() {
                if index > 0 { append(",") }
                write(string: member.key)
                append(":")
                write(member.value)
            }
            append("}")
        case .array(let elements):
            append("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { append(",") }
                write(element)
            }
            append("]")
        default: write(scalar: value)
        }
    }

    package mutating func write(integer: Int64) {
        if integer < 0 { append("-") }
        var magnitude = integer.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(magnitude % 10))
            magnitude /= 10
        } while magnitude > 0
        // Reversing the slice would copy it.
        var (low, high) = (start, bytes.count - 1)
        while low < high {
            bytes.swapAt(low, high)
            (low, high) = (low + 1, high - 1)
        }
    }

    package mutating func write(string: String) {
        if escapesOrders, !string.utf8.allSatisfy({ $0 < 0x80 }) { return write(escapingOrders: string) }
        write(quoting: string.utf8.span)
    }

    /// Writes text in quotes. Most texts are a name of a few letters, or have a byte that does not stand for itself every
    /// few bytes, as an answer in JSON that a model is shown: so all room is made at once, and each byte looked at.
    private mutating func write(quoting text: Span<UInt8>) {
        let widths = Self.widths
        var size = 2
        for index in text.indices { size += Int(widths[Int(text[index])]) }
        bytes.append(addingCapacity: size) { room in
            room.append(UInt8(ascii: "\""))
            for index in text.indices {
                let byte = text[index]
                if widths[Int(byte)] == 1 { room.append(byte) } else { Self.escape(byte, to: &room) }
            }
            room.append(UInt8(ascii: "\""))
        }
    }

    private static func escape(_ byte: UInt8, to room: inout OutputSpan<UInt8>) {
        room.append(UInt8(ascii: "\\"))
        let letter = letter(ofEscaped: byte)
        room.append(letter)
        guard letter == UInt8(ascii: "u") else { return }
        for digit in [0, 0, byte >> 4, byte & 0xF] { room.append(Hexadecimal.digit(digit)) }
    }

    /// How many bytes stand for each byte: itself, `\n` or `\u001f`.
    private static let widths: [UInt8] = (UInt8.min...UInt8.max).map { byte in
        guard ByteRun.isSpecial(byte) else { return 1 }
        return letter(ofEscaped: byte) == UInt8(ascii: "u") ? 6 : 2
    }

    /// What follows the backslash.
    private static func letter(ofEscaped byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
        case 0x0A: UInt8(ascii: "n")
        case 0x0D: UInt8(ascii: "r")
        case 0x09: UInt8(ascii: "t")
        default: UInt8(ascii: "u")
        }
    }

    private mutating func write(escapingOrders string: String) {
        append("\"")
        for scalar in string.unicodeScalars {
            if let byte = UInt8(exactly: scalar.value), ByteRun.isSpecial(byte) {
                bytes.append(addingCapacity: 6) { Self.escape(byte, to: &$0) }
            } else if PlainText.isWord(scalar) {
                bytes.append(contentsOf: String(scalar).utf8)
            } else {
                for unit in String(scalar).utf16 {
                    append("\\u")
                    for shift in [12, 8, 4, 0] {
                        bytes.append(Hexadecimal.digit(UInt8(truncatingIfNeeded: unit >> shift)))
                    }
                }
            }
        }
        append("\"")
    }

    /// Appends text that is JSON already: punctuation, or a key with its quotes and colon.
    package mutating func append(_ literal: StaticString) {
        literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func write(scalar: JSONValue) {
        switch scalar {
        case .bool(let flag): append(flag ? "true" : "false")
        case .integer(let number): write(integer: number)
        case .number(let number): number.isFinite ? bytes.append(contentsOf: "\(number)".utf8) : append("null")
        case .exact(let number): bytes.append(contentsOf: number.text.utf8)
        case .string(let text): write(string: text)
        default: append("null")
        }
    }

    mutating func write(_ value: JSONValue, indent: Int) {
        switch value {
        case .object(let members) where !members.isEmpty:
            append("{")
            for (index, member) in members.enumerated() {
                breakLine(after: index, indent: indent + 1)
                write(string: member.key)
                append(": ")
                write(member.value, indent: indent + 1)
            }
            append("\n")
            bytes.append(contentsOf: repeatElement(0x20, count: indent * 2))
            append("}")
        case .array(let elements) where elements.contains(where: \.isContainer):
            append("[")
            for (index, element) in elements.enumerated() {
                breakLine(after: index, indent: indent + 1)
                write(element, indent: indent + 1)
            }
            append("\n")
            bytes.append(contentsOf: repeatElement(0x20, count: indent * 2))
            append("]")
        default: write(value)
        }
    }

    private mutating func breakLine(after index: Int, indent: Int) {
        if index > 0 { append(",") }
        append("\n")
        bytes.append(contentsOf: repeatElement(0x20, count: indent * 2))
    }
}

extension JSONValue {
    fileprivate var isContainer: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }
}
