import ApeCore

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
        text = Base64.text(of: random)
    }

    /// A nonce as it stands on the wire; nil unless it is base64 of 32 bytes.
    package init?(text: String) {
        guard text.utf8.count == Self.characters, text.hasSuffix("="),
            text.utf8.dropLast().allSatisfy(Base64.isDigit)
        else { return nil }
        self.text = text
    }
}
