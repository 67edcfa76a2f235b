/// Fixed bytes to be found in others, in time that grows with their length alone, whatever either holds: the algorithm
/// of Knuth, Morris and Pratt.
struct BytePattern: Sendable {
    private let bytes: [UInt8]
    /// For each length of what fits so far, the longest shorter start of the pattern that is also its end.
    private let borders: [Int]

    /// `text` holds at least one byte.
    init(_ text: String) {
        bytes = Array(text.utf8)
        var borders = [0]
        var length = 0
        for byte in bytes.dropFirst() {
            while length > 0, bytes[length] != byte { length = borders[length - 1] }
            if bytes[length] == byte { length += 1 }
            borders.append(length)
        }
        self.borders = borders
    }

    /// Where the pattern stands first in `text`; nil where it does not.
    func firstRange(in text: ArraySlice<UInt8>) -> Range<Int>? {
        var length = 0
        for index in text.indices {
            while length > 0, bytes[length] != text[index] { length = borders[length - 1] }
            if bytes[length] == text[index] { length += 1 }
            if length == bytes.count { return index + 1 - length..<index + 1 }
        }
        return nil
    }
}
