/// One escape at the beginning of a text, in any of the ways that JSON, URLs, HTML, headers and mail have.
struct TextEscape {
    /// What it stands for, in UTF-8.
    let bytes: [UInt8]
    /// Bytes that it takes.
    let length: Int

    private init(_ bytes: [UInt8], length: Int) {
        self.bytes = bytes
        self.length = length
    }

    private init?(scalar: UInt32?, length: Int) {
        guard let scalar = scalar.flatMap(Unicode.Scalar.init) else { return nil }
        self.init(Array(String(scalar).utf8), length: length)
    }

    /// nil where the text begins with no escape.
    init?(_ text: ArraySlice<UInt8>) {
        switch text.first {
        case UInt8(ascii: "\\"): self.init(behindBackslash: text.dropFirst())
        case UInt8(ascii: "%"): self.init(behindPercent: text.dropFirst())
        case UInt8(ascii: "&"): self.init(behindAmpersand: text.dropFirst())
        case UInt8(ascii: "="): self.init(behindEquals: text.dropFirst())
        case UInt8(ascii: "\n"): self.init(endOfLine: text)
        default: return nil
        }
    }

    /// `\u0041`, `\u{41}`, `\x41`, `\n` and `\/`.
    private init?(behindBackslash rest: ArraySlice<UInt8>) {
        guard let sign = rest.first else { return nil }
        let digits = rest.dropFirst()
        switch sign {
        case UInt8(ascii: "u") where digits.first == UInt8(ascii: "{"):
            let number = digits.dropFirst().prefix { $0 != UInt8(ascii: "}") }
            self.init(scalar: Self.hexadecimal(number), length: number.count + 4)
        case UInt8(ascii: "u"): self.init(scalar: Self.hexadecimal(digits.prefix(4), digits: 4), length: 6)
        case UInt8(ascii: "x"):
            guard let byte = Self.hexadecimal(digits.prefix(2), digits: 2) else { return nil }
            self.init([UInt8(truncatingIfNeeded: byte)], length: 4)
        case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"): self.init([0x20], length: 2)
        default: self.init([sign], length: 2)
        }
    }

    /// `%41` and `%u0041`.
    private init?(behindPercent rest: ArraySlice<UInt8>) {
        if rest.first.map({ $0 | 0x20 }) == UInt8(ascii: "u") {
            self.init(scalar: Self.hexadecimal(rest.dropFirst().prefix(4), digits: 4), length: 6)
        } else if let byte = Self.hexadecimal(rest.prefix(2), digits: 2) {
            self.init([UInt8(truncatingIfNeeded: byte)], length: 3)
        } else {
            return nil
        }
    }

    /// `&#65;`, `&#x41;` and names.
    private init?(behindAmpersand rest: ArraySlice<UInt8>) {
        let name = rest.prefix(Self.longestEntity).prefix { $0 != UInt8(ascii: ";") }
        guard name.endIndex < rest.endIndex, rest[name.endIndex] == UInt8(ascii: ";") else { return nil }
        let length = name.count + 2
        guard name.first == UInt8(ascii: "#") else {
            guard let sign = Self.entities[String(decoding: name, as: UTF8.self).lowercased()] else { return nil }
            self.init(Array(sign.utf8), length: length)
            return
        }
        let number = name.dropFirst()
        let isHexadecimal = number.first.map { $0 | 0x20 } == UInt8(ascii: "x")
        let decimal = { UInt32(String(decoding: number, as: UTF8.self)) }
        self.init(scalar: isHexadecimal ? Self.hexadecimal(number.dropFirst()) : decimal(), length: length)
    }

    /// `=41` of mail and headers.
    private init?(behindEquals rest: ArraySlice<UInt8>) {
        guard let byte = Self.hexadecimal(rest.prefix(2), digits: 2) else { return nil }
        self.init([UInt8(truncatingIfNeeded: byte)], length: 3)
    }

    /// An end of a line within a stream of events, with the frame of the next event: what the events hold is one text.
    private init?(endOfLine text: ArraySlice<UInt8>) {
        let rest = text.drop { $0 == 0x0A || $0 == 0x0D }
        guard rest.starts(with: Self.frame) else { return nil }
        self.init([], length: rest.startIndex - text.startIndex + Self.frame.count)
    }

    private static let frame = Array("data:".utf8)
    private static let longestEntity = 10
    private static let entities = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "sol": "/", "bsol": "\\", "plus": "+",
        "equals": "=", "colon": ":", "semi": ";", "comma": ",", "period": ".", "lowbar": "_", "hyphen": "-",
        "dash": "-", "num": "#", "percnt": "%", "commat": "@", "excl": "!", "quest": "?", "dollar": "$", "ast": "*",
        "nbsp": " ", "tab": " ", "newline": " ", "shy": "",
    ]

    private static func hexadecimal(_ text: ArraySlice<UInt8>, digits: Int? = nil) -> UInt32? {
        guard (1...6).contains(text.count), digits == nil || text.count == digits else { return nil }
        return text.reduce(UInt32?(0)) { number, digit in
            guard let number, let value = Character(UnicodeScalar(digit)).hexDigitValue else { return nil }
            return number << 4 | UInt32(value)
        }
    }
}
