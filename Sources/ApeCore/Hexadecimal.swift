/// Hexadecimal digits, in lower case.
package enum Hexadecimal {
    /// Two digits for each byte.
    package static func text(of bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { digits in
            for (index, byte) in bytes.enumerated() {
                digits[index * 2] = digit(byte >> 4)
                digits[index * 2 + 1] = digit(byte)
            }
            return bytes.count * 2
        }
    }

    /// The 16 digits of a number, leading zeros included.
    package static func text(of number: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { digits in
            for place in 0..<16 {
                digits[place] = digit(UInt8(truncatingIfNeeded: number >> UInt64(60 - place * 4)))
            }
            return 16
        }
    }

    /// The number that up to 16 digits in lower case say; nil for any other text.
    package static func number(_ digits: String) -> UInt64? {
        guard (1...16).contains(digits.utf8.count) else { return nil }
        var number: UInt64 = 0
        for byte in digits.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return number
    }

    /// The digit of a byte's lower four bits.
    ///
    /// - Parameters:
    ///   - byte: whose lower half is meant.
    ///   - ten: the digit for ten, which says whether digits are in upper or lower case.
    /// - Returns: the digit in ASCII.
    package static func digit(_ byte: UInt8, ten: UInt8 = UInt8(ascii: "a")) -> UInt8 {
        let value = byte & 15
        return value < 10 ? UInt8(ascii: "0") + value : ten + value - 10
    }
}
