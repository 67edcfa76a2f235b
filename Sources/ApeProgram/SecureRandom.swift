import ApeCore

/// Cryptographically secure random bytes, for nonces, tokens and identifiers.
package enum SecureRandom {
    package static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// Lower-case hexadecimal digits, two for each byte.
    package static func hex(bytes count: Int) -> String {
        Hexadecimal.text(of: bytes(count))
    }

    /// A UUID of the fourth version (RFC 9562).
    package static func uuid() -> String {
        var octets = bytes(16)
        octets[6] = octets[6] & 0x0F | 0x40
        octets[8] = octets[8] & 0x3F | 0x80
        let groups = [octets[..<4], octets[4..<6], octets[6..<8], octets[8..<10], octets[10...]]
        return groups.map { Hexadecimal.text(of: Array($0)) }.joined(separator: "-")
    }
}
