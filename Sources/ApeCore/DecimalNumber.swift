/// A decimal number of any size, for comparing what no `Int64` and no `Double` holds exactly.
///
/// Two numbers are held against each other digit by digit. Nothing is computed and no power of ten is written out, so that
/// `1e999999999` costs no more than its text.
package struct DecimalNumber: Sendable {
    /// Beyond this an exponent says no more than that a number is very large or very small.
    private static let maximumExponent = 1_000_000_000_000_000

    private let isNegative: Bool
    /// The digits as ASCII, without zeros at their ends; none for zero.
    private let digits: ArraySlice<UInt8>
    /// Where the decimal point stands, counted from before the first digit.
    private let exponent: Int

    /// Reads a number as JSON has it, and with a plus sign or without a digit on one side of the point, as headers have it.
    ///
    /// - Returns: nil for what is no such number; `nan`, `inf` and hexadecimal are none.
    package init?(_ text: some StringProtocol) {
        var rest = Array(text.utf8)[...]
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest.removeFirst()
        }
        let whole = Self.takeDigits(&rest)
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = Self.takeDigits(&rest)
        }
        guard !whole.isEmpty || !fraction.isEmpty, let power = Self.takeExponent(&rest), rest.isEmpty else {
            return nil
        }
        let all = whole + fraction
        let significant = all.drop { $0 == UInt8(ascii: "0") }
        let last = significant.lastIndex { $0 != UInt8(ascii: "0") }
        digits = last.map { significant[...$0] } ?? []
        exponent = digits.isEmpty ? 0 : whole.count - (all.count - significant.count) + power
        self.isNegative = isNegative && !digits.isEmpty
    }

    private static func takeDigits(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = rest.prefix { $0 &- 0x30 < 10 }
        rest = rest.dropFirst(digits.count)
        return digits
    }

    /// The power of ten that is written out, or 0; nil for one without digits.
    private static func takeExponent(_ rest: inout ArraySlice<UInt8>) -> Int? {
        guard let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") else { return 0 }
        rest.removeFirst()
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest.removeFirst()
        }
        let digits = takeDigits(&rest)
        guard !digits.isEmpty else { return nil }
        let power = digits.reduce(0) { min($0 * 10 + Int($1 &- 0x30), maximumExponent) }
        return isNegative ? -power : power
    }

    /// The same number as an integer of 64 bits; nil where it is none.
    var int64: Int64? {
        guard digits.count <= exponent || digits.isEmpty, exponent <= 19 else { return nil }
        let zeros = repeatElement(UInt8(ascii: "0"), count: exponent - digits.count)
        let text = String(decoding: digits + zeros, as: UTF8.self)
        return digits.isEmpty ? 0 : Int64((isNegative ? "-" : "") + text)
    }
}

extension DecimalNumber: Comparable {
    package static func == (left: Self, right: Self) -> Bool {
        left.isNegative == right.isNegative && left.exponent == right.exponent && left.digits == right.digits
    }

    package static func < (left: Self, right: Self) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? right.isNearerToZero(than: left) : left.isNearerToZero(than: right)
    }

    private func isNearerToZero(than other: Self) -> Bool {
        if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
        return exponent == other.exponent ? digits.lexicographicallyPrecedes(other.digits) : exponent < other.exponent
    }
}
