/// A place in one line of a page of figures.
struct MetricsPageCursor {
    /// The longest text in quotes, in bytes.
    private static let maximumTextBytes = 4096

    private let bytes: ArraySlice<UInt8>
    private var place: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        place = bytes.startIndex
    }

    var isAtEnd: Bool { place >= bytes.endIndex }

    var peek: UInt8? { isAtEnd ? nil : bytes[place] }

    mutating func advance() { if !isAtEnd { place += 1 } }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        place += 1
        return true
    }

    mutating func skipBlanks() {
        while let byte = peek, Self.isBlank(byte) { place += 1 }
    }

    /// What stands before the next blank, or before a byte that ends it too.
    mutating func word(until end: UInt8? = nil) -> String {
        let start = place
        while let byte = peek, !Self.isBlank(byte), byte != end { place += 1 }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    /// A text in double quotes with `\\`, `\"` and `\n` in it; nil for what is none.
    mutating func quoted() -> String? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        var text: [UInt8] = []
        while let byte = peek, text.count <= Self.maximumTextBytes {
            place += 1
            if byte == UInt8(ascii: "\"") { return String(validating: text, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            switch peek {
            case UInt8(ascii: "n"): text.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): text.append(bytes[place])
            default: return nil
            }
            place += 1
        }
        return nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
