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
        var index = position
        guard let number = Self.shortInteger(bytes.span.extracting(first: end), &index) else { return nil }
        advance(index - position)
        return number
    }

    /// Takes `[[1,2],[3,4]]`, an array of pairs of such integers.
    package mutating func takeShortPairs() -> [(Int64, Int64)]? {
        // A span of `self` would keep it from being changed below.
        let bytes = bytes
        let text = bytes.span.extracting(first: end)
        var index = position
        guard Self.take(UInt8(ascii: "["), text, &index) else { return nil }
        var pairs: [(Int64, Int64)] = []
        pairs.reserveCapacity(64)
        repeat {
            guard Self.take(UInt8(ascii: "["), text, &index), let first = Self.shortInteger(text, &index),
                Self.take(UInt8(ascii: ","), text, &index), let second = Self.shortInteger(text, &index),
                Self.take(UInt8(ascii: "]"), text, &index)
            else { return nil }
            pairs.append((first, second))
        } while Self.take(UInt8(ascii: ","), text, &index)
        guard Self.take(UInt8(ascii: "]"), text, &index) else { return nil }
        advance(index - position)
        return pairs
    }

    @inline(__always)
    private static func take(_ byte: UInt8, _ text: Span<UInt8>, _ index: inout Int) -> Bool {
        guard index < text.count, text[index] == byte else { return false }
        index &+= 1
        return true
    }

    /// The integer at a place, which then is behind it.
    @inline(__always)
    private static func shortInteger(_ text: Span<UInt8>, _ index: inout Int) -> Int64? {
        let start = index
        var number: Int64 = 0
        while index < text.count {
            let digit = text[index] &- 0x30
            guard digit < 10 else { break }
            number = number &* 10 &+ Int64(digit)
            index &+= 1
        }
        let digits = index - start
        guard digits > 0, digits <= shortDigits, digits == 1 || text[start] != UInt8(ascii: "0") else { return nil }
        let isWhole = index == text.count || text[index] != UInt8(ascii: ".") && text[index] | 0x20 != UInt8(ascii: "e")
        return isWhole ? number : nil
    }
}
