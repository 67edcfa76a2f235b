/// 32 random bytes, as base64 text (RFC 4648, padded), which makes every handshake's proofs new.
package struct Nonce: Sendable, Hashable {
    /// Random bytes of a nonce.
    package static let bytes = 32
    /// Characters of its text.
    static let characters = 44

    package let text: String

    /// - Precondition: exactly ``bytes`` bytes; they must come from the system's random source.
    package init(_ random: [UInt8]) {
        precondition(random.count == Self.bytes, "a nonce has \(Self.bytes) bytes")
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var letters: [UInt8] = []
        for start in stride(from: 0, to: random.count, by: 3) {
            let group = random[start..<min(start + 3, random.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let isPadding = place > group.count
                letters.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> UInt32(18 - 6 * place)) & 63])
            }
        }
        text = String(decoding: letters, as: UTF8.self)
    }

    /// A nonce as it stands on the wire; nil unless it is base64 of 32 bytes.
    package init?(text: String) {
        guard text.utf8.count == Self.characters, text.hasSuffix("="),
            text.utf8.dropLast().allSatisfy({ Self.isBase64($0) })
        else { return nil }
        self.text = text
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
