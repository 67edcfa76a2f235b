import ApeCore

/// Puts a call's arguments together from the parts of the JSON string that carries them, and tells when their object
/// is whole: that moment is when a streamed call can be executed.
///
/// Two layers are followed as the parts come: the string's escapes, which the scanner has checked and no part cuts, and
/// the object's braces and strings.
struct ArgumentsAssembly {
    private var text: [UInt8] = []
    /// Bytes of the string as it came, escapes unresolved.
    private var rawBytes = 0
    /// Whether the last part was an object itself, and no part of a string.
    private var isObject = false
    /// The first half of a surrogate pair whose second half may come with the next part.
    private var highSurrogate: UInt32?
    private var depth = 0
    private var isInString = false
    private var isEscapedInString = false
    private(set) var isComplete = false

    var isEmpty: Bool { rawBytes == 0 }

    /// Adds a part of the string, escapes unresolved.
    mutating func add(string raw: ArraySlice<UInt8>) {
        // Some servers begin with an empty object before the arguments come.
        if isComplete, text.elementsEqual("{}".utf8), raw.contains(UInt8(ascii: "{")) { self = Self() }
        rawBytes += raw.count
        isObject = false
        var place = raw.startIndex
        while place < raw.endIndex {
            if raw[place] == UInt8(ascii: "\\") {
                place = resolveEscape(in: raw, at: place)
            } else {
                append(raw[place])
                place += 1
            }
        }
    }

    /// Adds an object that stands in the place of the string.
    mutating func add(object: ArraySlice<UInt8>) {
        rawBytes += object.count
        isObject = true
        text.append(contentsOf: object)
        isComplete = true
    }

    /// The arguments, once the answer has ended.
    func arguments() throws(StreamFailure) -> ToolArguments {
        var bytes = text
        if highSurrogate != nil { bytes += Self.replacement }
        if isObject { return ToolArguments(String(decoding: bytes, as: UTF8.self)) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .malformed("Not valid JSON at byte \(rawBytes + 2): a string that is not UTF-8")
        }
        return ToolArguments(text, utf8: bytes)
    }

    // MARK: - The string's escapes

    private static let replacement = Array("\u{FFFD}".utf8)

    /// Adds what an escape stands for.
    ///
    /// - Returns: where it ends.
    private mutating func resolveEscape(in raw: ArraySlice<UInt8>, at place: Int) -> Int {
        let rest = raw[min(place + 1, raw.endIndex)...]
        switch rest.first {
        case UInt8(ascii: "u"):
            let digits = rest.dropFirst().prefix(4)
            append(unit: digits.reduce(0) { $0 << 4 | UInt32(Character(UnicodeScalar($1)).hexDigitValue ?? 0) })
            return digits.endIndex
        case UInt8(ascii: "b"): append(0x08)
        case UInt8(ascii: "f"): append(0x0C)
        case UInt8(ascii: "n"): append(0x0A)
        case UInt8(ascii: "r"): append(0x0D)
        case UInt8(ascii: "t"): append(0x09)
        case let byte?: append(byte)
        case nil: break
        }
        return min(place + 2, raw.endIndex)
    }

    /// Adds what a `\u` escape stands for. Half a surrogate pair becomes U+FFFD, as servers cut a model's output in the
    /// middle of an emoji.
    private mutating func append(unit: UInt32) {
        var scalar = UnicodeScalar(unit)
        if let high = highSurrogate, (0xDC00..<0xE000).contains(unit) {
            scalar = UnicodeScalar(0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00))
            highSurrogate = nil
        }
        if let scalar {
            for byte in String(Character(scalar)).utf8 { append(byte) }
        } else if unit < 0xDC00 {
            endHalfPair()
            highSurrogate = unit
        } else {
            for byte in Self.replacement { append(byte) }
        }
    }

    /// A first half whose second did not come.
    private mutating func endHalfPair() {
        guard highSurrogate != nil else { return }
        highSurrogate = nil
        text += Self.replacement
    }

    // MARK: - The object in the string

    private mutating func append(_ byte: UInt8) {
        endHalfPair()
        text.append(byte)
        if !isComplete { follow(byte) }
    }

    private mutating func follow(_ byte: UInt8) {
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
