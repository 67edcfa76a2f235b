import ApeCore

/// Percent-encoding of URLs (RFC 3986).
enum PercentEncoding {
    /// Encodes what may not stand in a path with its query; what is encoded already stays.
    static func path(_ text: String) -> String {
        guard !text.utf8.allSatisfy(isPathByte) else { return text }
        return encode(text, keeping: isPathByte)
    }

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
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isKept(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), Hexadecimal.digit(byte >> 4, ten: ten), Hexadecimal.digit(byte, ten: ten)]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
