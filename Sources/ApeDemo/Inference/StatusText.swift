/// Finds the HTTP status in the text of an answer as the agent formats it: plain, JSON, or JSON inside JSON strings.
enum StatusText {
    /// The number of bytes that are searched: a status stands at the beginning or not at all.
    static let searchedBytes = 96

    /// The first three-digit number from 100 to 599 that is not part of a longer word or number.
    static func status(in text: ArraySlice<UInt8>) -> Int? {
        var (value, digits, isPartOfWord) = (0, 0, false)
        let end = min(text.startIndex + searchedBytes, text.endIndex)
        for index in text.startIndex...end {
            let byte = index < end ? text[index] : 0
            if byte &- 0x30 < 10 {
                (value, digits) = (value * 10 % 10_000 + Int(byte &- 0x30), digits + 1)
                continue
            }
            if digits == 3, (100...599).contains(value), !isPartOfWord { return value }
            isPartOfWord = byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
            isPartOfWord = isPartOfWord || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            (value, digits) = (0, 0)
        }
        return nil
    }
}
