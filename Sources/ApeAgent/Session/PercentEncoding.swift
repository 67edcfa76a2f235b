import ApeCore

/// Percent-encoding of URLs (RFC 3986).
enum PercentEncoding {
    /// Encodes what may not stand in a path with its query; what is encoded already stays, and a percent sign that begins
    /// no escape is encoded.
    static func path(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ isPathByte($0) && $0 != percent }) else { return text }
        return encode(text, keeping: isPathByte)
    }

    /// Resolves escapes. What is none stays, and so does all of a text that would not be UTF-8.
    static func decoded(_ text: String) -> String {
        guard text.utf8.contains(percent) else { return text }
        let bytes = Array(text.utf8)
        var plain: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if let byte = escaped(bytes, at: index) {
                plain.append(byte)
                index += 3
            } else {
                plain.append(bytes[index])
                index += 1
            }
        }
        return String(validating: plain, as: UTF8.self) ?? text
    }

    /// The byte that an escape at `index` stands for; nil where none begins.
    private static func escaped(_ bytes: [UInt8], at index: Int) -> UInt8? {
        guard bytes[index] == percent, index + 2 < bytes.count, let high = digit(bytes[index + 1]),
            let low = digit(bytes[index + 2])
        else { return nil }
        return high << 4 | low
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static let percent = UInt8(ascii: "%")

    /// Encodes everything but unreserved characters: for a part of a path, a query's names and values.
    static func component(_ text: String) -> String {
        guard !text.utf8.allSatisfy(isUnreserved) else { return text }
        return encode(text, keeping: isUnreserved)
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "-._~".utf8.contains(byte)
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "/-._~!$&'()*+,;=:@%?".utf8.contains(byte)
    }

    private static func encode(_ text: String, keeping isKept: (UInt8) -> Bool) -> String {
        let ten = UInt8(ascii: "A")
        let text = Array(text.utf8)
        var bytes: [UInt8] = []
        for (index, byte) in text.enumerated() {
            if byte == percent ? isKept(byte) && escaped(text, at: index) != nil : isKept(byte) {
                bytes.append(byte)
            } else {
                bytes += [percent, Hexadecimal.digit(byte >> 4, ten: ten), Hexadecimal.digit(byte, ten: ten)]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
