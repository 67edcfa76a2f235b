/// Tells when the JSON object inside a JSON string is complete, from the string's raw bytes as they arrive: that
/// moment is when a streamed tool call can be executed.
///
/// Two layers are followed: the string's escapes, and the object's braces and strings.
struct JSONCompletion: Equatable {
    private enum Escape: Equatable {
        case none
        /// A backslash was read.
        case letter
        /// `\u` was read and so many hexadecimal digits are still to come.
        case unicode(digits: Int, unit: UInt16)
    }

    private var escape = Escape.none
    private var depth = 0
    private var isInString = false
    private var isEscapedInString = false
    private(set) var isComplete = false

    mutating func take(_ raw: ArraySlice<UInt8>) {
        for byte in raw { take(byte) }
    }

    private mutating func take(_ byte: UInt8) {
        switch escape {
        case .none:
            if byte == UInt8(ascii: "\\") { escape = .letter } else { takePlain(byte) }
        case .letter:
            escape = .none
            switch byte {
            case UInt8(ascii: "u"): escape = .unicode(digits: 4, unit: 0)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): takePlain(byte)
            default: takePlain(0x20)
            }
        case .unicode(let digits, let unit):
            let value = unit << 4 | UInt16(Character(UnicodeScalar(byte)).hexDigitValue ?? 0)
            escape = digits > 1 ? .unicode(digits: digits - 1, unit: value) : .none
            if digits == 1 { takePlain(value < 0x80 ? UInt8(value) : 0xFF) }
        }
    }

    private mutating func takePlain(_ byte: UInt8) {
        if isInString {
            if isEscapedInString {
                isEscapedInString = false
            } else if byte == UInt8(ascii: "\\") {
                isEscapedInString = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            return
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            if depth == 0 { isComplete = true }
        default: break
        }
    }
}
