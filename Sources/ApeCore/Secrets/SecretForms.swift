/// The ways in which a secret may be written: as it is, and as what begins at any place within Base64 or hexadecimal.
struct SecretForms {
    /// Folded as ``DecodedText/folded(keepsBlanks:)`` has it.
    private(set) var forms: [[UInt8]] = []

    init(_ secret: String) {
        for layer in DecodedText.layers(of: secret.utf8) { add(layer.bytes) }
        let bytes = Array(secret.utf8)
        for offset in 0..<3 { add(Self.base64(bytes, offset: offset)) }
        add(Array(Hexadecimal.text(of: bytes).utf8))
    }

    private mutating func add(_ bytes: [UInt8]) {
        let form = DecodedText(bytes).folded(keepsBlanks: false).bytes
        if !forms.contains(form) { forms.append(form) }
    }

    /// The digits that depend on these bytes alone, where so many other bytes, modulo 3, stand before them.
    private static func base64(_ bytes: [UInt8], offset: Int) -> [UInt8] {
        let digits = Base64.text(of: [UInt8](repeating: 0, count: offset) + bytes)
        let first = (offset * 8 + 5) / 6
        let end = (offset + bytes.count) * 8 / 6
        return Array(digits.utf8.prefix(end).dropFirst(first))
    }
}
