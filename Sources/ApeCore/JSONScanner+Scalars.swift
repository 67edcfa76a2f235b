extension JSONScanner {
    /// Takes `true`, `false` or `null`.
    mutating func takeLiteral() throws(ApeError) -> JSONValue {
        switch peek() {
        case UInt8(ascii: "n") where takeText("null"): return .null
        case UInt8(ascii: "t") where takeText("true"): return .bool(true)
        case UInt8(ascii: "f") where takeText("false"): return .bool(false)
        default: throw unexpected("a value")
        }
    }

    /// Takes a number that JSON has no word for, as some servers write it.
    mutating func takeNonFinite() -> String? {
        if takeText("NaN") { return "NaN" }
        if takeText("Infinity") { return "Infinity" }
        return takeText("-Infinity") ? "-Infinity" : nil
    }

    /// Takes a number that fits a double.
    package mutating func takeNumber() throws(ApeError) -> JSONValue {
        let value = try takeAnyNumber()
        if case .exact = value, value.number == nil { throw failure("the number does not fit a double") }
        return value
    }

    /// Takes a number of any size, with all its digits.
    mutating func takeAnyNumber() throws(ApeError) -> JSONValue {
        _ = peek()
        let start = position
        let negative = position < end && bytes[position] == UInt8(ascii: "-")
        if negative { advance() }
        let firstDigit = position
        var magnitude: UInt64 = 0
        var overflow = false
        while let digit = digitHere() {
            let (product, over) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            magnitude = sum
            overflow = overflow || over || carry
            advance()
        }
        let digits = position - firstDigit
        guard digits > 0 else { throw unexpected("a value") }
        if digits > 1, bytes[firstDigit] == UInt8(ascii: "0") { throw failure("a number with a leading zero") }
        let isInteger = try takeFractionAndExponent()
        if isInteger, !overflow {
            if !negative, let exact = Int64(exactly: magnitude) { return .integer(exact) }
            if negative, magnitude <= UInt64(Int64.max) + 1 {
                return .integer(Int64(truncatingIfNeeded: 0 &- magnitude))
            }
        }
        return number(from: start)
    }

    /// The number that was stepped over: a double where its text is the shortest one of that double.
    private func number(from start: Int) -> JSONValue {
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let double = Double(text), double.isFinite else { return .exact(NumberText(text)) }
        // Writing a double costs more than reading it, and up to 15 plain digits come back as they are.
        let isShort = position - start <= 16 && (abs(double) >= 1e-4 || double == 0)
        let endsPlainly = bytes[position - 1] != UInt8(ascii: "0") || bytes[position - 2] == UInt8(ascii: ".")
        let isPlain = isShort && endsPlainly && !bytes[start..<position].contains { $0 | 0x20 == UInt8(ascii: "e") }
        return isPlain || "\(double)" == text ? .number(double) : .exact(NumberText(text))
    }

    /// Steps over a number, checking its form.
    mutating func skipNumber() throws(ApeError) {
        if position < end, bytes[position] == UInt8(ascii: "-") { advance() }
        let firstDigit = position
        while digitHere() != nil { advance() }
        guard position > firstDigit else { throw unexpected("a value") }
        guard position - firstDigit == 1 || bytes[firstDigit] != UInt8(ascii: "0") else {
            throw failure("a number with a leading zero")
        }
        _ = try takeFractionAndExponent()
    }

    /// Takes the part of a number after its integer digits; tells whether there was none.
    private mutating func takeFractionAndExponent() throws(ApeError) -> Bool {
        var isInteger = true
        if position < end, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            advance()
            try takeDigits()
        }
        if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            advance()
            if position < end, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                advance()
            }
            try takeDigits()
        }
        return isInteger
    }

    private mutating func takeDigits() throws(ApeError) {
        guard digitHere() != nil else { throw unexpected("a digit") }
        while digitHere() != nil { advance() }
    }

    private func digitHere() -> UInt8? {
        guard position < end, bytes[position] &- 0x30 < 10 else { return nil }
        return bytes[position] &- 0x30
    }

    /// Steps over a string, checking that it ends, its escapes, and that it holds no bare control character.
    package mutating func skipString() throws(ApeError) {
        try expect(UInt8(ascii: "\""))
        _ = try runToQuote()
        advance()
    }

    /// Steps to the closing quote, checking each escape; tells whether there was one.
    mutating func runToQuote() throws(ApeError) -> Bool {
        var escaped = false
        while true {
            position = ByteRun.plainEnd(bytes, from: position, to: end)
            guard position < end else { throw failure("a string without its closing quote") }
            switch bytes[position] {
            case UInt8(ascii: "\""): return escaped
            case UInt8(ascii: "\\"):
                escaped = true
                try advanceOverEscape()
            case 0..<0x20 where !asServed: throw failure("a control character inside a string")
            default: advance()
            }
        }
    }

    private mutating func advanceOverEscape() throws(ApeError) {
        guard position + 1 < end else { throw failure("a string that ends within an escape") }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            advance(2)
        case UInt8(ascii: "u"):
            _ = try hexUnit(at: position + 2, before: end)
            advance(6)
        default: throw failure("an unknown escape in a string")
        }
    }

    /// Takes a string, its escapes resolved. Bytes that are not UTF-8 are refused, unless they are a target's.
    package mutating func takeString() throws(ApeError) -> String {
        try expect(UInt8(ascii: "\""))
        let start = position
        let escaped = try runToQuote()
        let close = position
        advance()
        if !escaped {
            // The library's check of UTF-8 costs ten times what most texts need none for.
            if ByteRun.isASCII(bytes, from: start, to: close) {
                return String(decoding: bytes[start..<close], as: UTF8.self)
            }
            return try text(bytes[start..<close])
        }
        var plain: [UInt8] = []
        plain.reserveCapacity(close - start)
        var index = start
        while index < close {
            if bytes[index] == UInt8(ascii: "\\") {
                try resolveEscape(at: &index, before: close, into: &plain)
            } else {
                plain.append(bytes[index])
                index += 1
            }
        }
        return try text(plain[...])
    }

    private func text(_ utf8: ArraySlice<UInt8>) throws(ApeError) -> String {
        if let text = String(validating: utf8, as: UTF8.self) { return text }
        guard asServed else { throw failure("a string that is not UTF-8") }
        return ServedText.string(ofPart: utf8)
    }

    private func resolveEscape(
        at index: inout Int,
        before close: Int,
        into plain: inout [UInt8]
    ) throws(ApeError) {
        let letter = bytes[index + 1]
        index += 2
        switch letter {
        case UInt8(ascii: "b"): plain.append(0x08)
        case UInt8(ascii: "f"): plain.append(0x0C)
        case UInt8(ascii: "n"): plain.append(0x0A)
        case UInt8(ascii: "r"): plain.append(0x0D)
        case UInt8(ascii: "t"): plain.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try takeUnicodeEscape(at: &index, before: close)
            plain.append(contentsOf: Array(String(Character(scalar)).utf8))
        default: plain.append(letter)
        }
    }

    /// Resolves `XXXX` of `\uXXXX`, and the second half of a surrogate pair. A lone surrogate becomes U+FFFD, as
    /// servers cut model output in the middle of an emoji.
    private func takeUnicodeEscape(at index: inout Int, before close: Int) throws(ApeError) -> UnicodeScalar {
        let high = try hexUnit(at: index, before: close)
        index += 4
        if let scalar = UnicodeScalar(UInt32(high)) { return scalar }
        let replacement: UnicodeScalar = "\u{FFFD}"
        guard high < 0xDC00, index + 6 <= close, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { return replacement }
        let low = try hexUnit(at: index + 2, before: close)
        guard (0xDC00..<0xE000).contains(low) else { return replacement }
        index += 6
        return UnicodeScalar(0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00)) ?? replacement
    }

    private func hexUnit(at index: Int, before close: Int) throws(ApeError) -> UInt16 {
        guard index + 4 <= close else { throw failure("a \\u escape cut short") }
        var unit: UInt16 = 0
        for byte in bytes[index..<(index + 4)] {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80 else {
                throw failure("a \\u escape that is not hexadecimal")
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}
