/// Text of an answer in whatever encoding it came.
package enum ServedText {
    /// What windows-1252 has from 0x80 to 0x9F, where Latin-1 has control characters.
    private static let windows1252 = Array(
        "\u{20AC}\u{81}\u{201A}\u{192}\u{201E}\u{2026}\u{2020}\u{2021}\u{2C6}\u{2030}\u{160}\u{2039}\u{152}\u{8D}\u{17D}\u{8F}"
            + "\u{90}\u{2018}\u{2019}\u{201C}\u{201D}\u{2022}\u{2013}\u{2014}\u{2DC}\u{2122}\u{161}\u{203A}\u{153}\u{9D}"
            + "\u{17E}\u{178}"
    ).flatMap(\.unicodeScalars)

    /// The text of a whole body.
    package static func string(of body: [UInt8]) -> String {
        string(ofPart: utf8(of: body, isJSON: false)[...])
    }

    /// The text of a part of a body that should be UTF-8; what is not is read as windows-1252, as browsers read Latin-1.
    package static func string(ofPart bytes: ArraySlice<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var text = String.UnicodeScalarView()
        for byte in bytes {
            let isSpecial = (0x80..<0xA0).contains(byte)
            text.append(isSpecial ? windows1252[Int(byte) - 0x80] : UnicodeScalar(byte))
        }
        return String(text)
    }

    /// The bytes in UTF-8 without a byte order mark. UTF-16 is known by its mark, and JSON in UTF-16 also by the zero that
    /// stands beside its first character.
    static func utf8(of body: [UInt8], isJSON: Bool) -> [UInt8] {
        switch (body.first, body.dropFirst().first) {
        case (0xEF, 0xBB) where body.count > 2 && body[2] == 0xBF: Array(body.dropFirst(3))
        case (0xFF, 0xFE): utf8(ofUTF16: body.dropFirst(2), isLittleEndian: true)
        case (0xFE, 0xFF): utf8(ofUTF16: body.dropFirst(2), isLittleEndian: false)
        case (0, .some) where isJSON: utf8(ofUTF16: body[...], isLittleEndian: false)
        case (.some, 0) where isJSON: utf8(ofUTF16: body[...], isLittleEndian: true)
        default: body
        }
    }

    private static func utf8(ofUTF16 bytes: ArraySlice<UInt8>, isLittleEndian: Bool) -> [UInt8] {
        let units = stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return isLittleEndian ? second << 8 | first : first << 8 | second
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }
}
