/// Short cuts for what this code itself writes by the thousand. Each takes its form exactly as it is written, without
/// white space, or takes nothing and leaves the text to the general way, which also finds the error.
extension JSONScanner {
    /// Digits of an integer that surely fits.
    private static let shortDigits = 15

    /// Takes exactly this text.
    package mutating func takeText(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard end - position >= count, begins(with: text, at: position) else { return false }
        advance(count)
        return true
    }

    /// Takes an integer of at least 0 and at most 15 digits.
    package mutating func takeShortInteger() -> Int64? {
        guard let (number, next) = shortInteger(at: position) else { return nil }
        advance(next - position)
        return number
    }

    /// Takes `[[1,2],[3,4]]`, an array of pairs of such integers.
    package mutating func takeShortPairs() -> [(Int64, Int64)]? {
        guard position < end, bytes[position] == UInt8(ascii: "[") else { return nil }
        var pairs: [(Int64, Int64)] = []
        pairs.reserveCapacity(64)
        var index = position
        repeat {
            index += 1
            guard index < end, bytes[index] == UInt8(ascii: "["), let (first, comma) = shortInteger(at: index + 1),
                comma < end, bytes[comma] == UInt8(ascii: ","), let (second, close) = shortInteger(at: comma + 1),
                close < end, bytes[close] == UInt8(ascii: "]")
            else { return nil }
            pairs.append((first, second))
            index = close + 1
        } while index < end && bytes[index] == UInt8(ascii: ",")
        guard index < end, bytes[index] == UInt8(ascii: "]") else { return nil }
        advance(index + 1 - position)
        return pairs
    }

    /// The integer at `start`, and where it ends.
    private func shortInteger(at start: Int) -> (number: Int64, next: Int)? {
        let (number, index) = ByteRun.digits(bytes, from: start, to: end)
        let digits = index - start
        guard (1...Self.shortDigits).contains(digits), digits == 1 || bytes[start] != UInt8(ascii: "0") else {
            return nil
        }
        if index < end, bytes[index] == UInt8(ascii: ".") || bytes[index] | 0x20 == UInt8(ascii: "e") { return nil }
        return (number, index)
    }
}
