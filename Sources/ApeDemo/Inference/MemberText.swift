import ApeCore

/// Finds members of JSON objects in text without parsing it, since answers come back truncated, and escaped once or
/// twice.
enum MemberText {
    /// The values of all members `name` whose value is one word, in order, each with the text up to the next member.
    static func values(of name: StaticString, in text: ArraySlice<UInt8>) -> [(value: String, rest: ArraySlice<UInt8>)]
    {
        var found: [(value: String, end: Int)] = []
        var starts: [Int] = []
        var index = text.startIndex
        while let place = find(name, in: text[index...]) {
            index = place + name.utf8CodeUnitCount
            guard place > text.startIndex, text[place - 1] == UInt8(ascii: "\"") else { continue }
            let start = text[index...].firstIndex { !isPunctuation($0) } ?? text.endIndex
            let end = text[start...].firstIndex { !isWord($0) } ?? text.endIndex
            guard start > index, end > start else { continue }
            found.append((String(decoding: text[start..<end], as: UTF8.self), end))
            starts.append(place)
            index = end
        }
        return found.enumerated().map { number, item in
            (item.value, text[item.end..<(number + 1 < starts.count ? starts[number + 1] : text.endIndex)])
        }
    }

    /// The index of the first occurrence of `word`.
    static func find(_ word: StaticString, in text: ArraySlice<UInt8>) -> Int? {
        word.withUTF8Buffer { word in
            let bytes = text.span
            var index = ByteRun.place(of: word[0], in: bytes, from: 0)
            while index + word.count <= bytes.count {
                var length = 1
                while length < word.count, bytes[index + length] == word[length] { length += 1 }
                if length == word.count { return text.startIndex + index }
                index = ByteRun.place(of: word[0], in: bytes, from: index + 1)
            }
            return nil
        }
    }

    /// Whether a text is this word of letters, small or capital.
    static func says(_ text: ArraySlice<UInt8>, _ word: StaticString) -> Bool {
        guard text.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { word in
            var length = 0
            while length < word.count, text[text.startIndex + length] | 0x20 == word[length] { length += 1 }
            return length == word.count
        }
    }

    private static func isPunctuation(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: ":") || byte == 0x20
    }

    static func isWord(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return byte &- 0x30 < 10 || lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
            || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_")
    }
}
