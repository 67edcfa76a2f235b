import ApeCore

extension StreamDelta.ErrorObject {
    /// Takes an error: an object with message and code, or a bare message; nil for null and false.
    init?(_ scanner: inout JSONScanner) throws(ApeError) {
        self.init()
        switch scanner.peek() {
        case UInt8(ascii: "n"), UInt8(ascii: "f"):
            try scanner.skipValue()
            return nil
        case UInt8(ascii: "{"):
            var error = self
            try scanner.walkObject { key, scanner throws(ApeError) in
                if scanner.holds("message", at: key) {
                    error.message = try scanner.takeRawStringIfAny() ?? 0..<0
                } else if scanner.holds("code", at: key) || scanner.holds("status_code", at: key) {
                    let code = try Self.code(&scanner)
                    if error.code.isEmpty { error.code = code }
                } else if scanner.holds("type", at: key) {
                    error.type = try scanner.takeRawStringIfAny() ?? 0..<0
                } else {
                    try scanner.skipValue()
                }
            }
            self = error
        default: message = try scanner.takeRawStringIfAny() ?? 0..<0
        }
    }

    /// The bytes of a code, which servers write as a string or as a number.
    static func code(_ scanner: inout JSONScanner) throws(ApeError) -> Range<Int> {
        if scanner.peek() == UInt8(ascii: "\"") { return try scanner.takeRawString() }
        let start = scanner.position
        let isNumber = scanner.peek().map { $0 &- 0x30 < 10 } ?? false
        try scanner.skipValue()
        return isNumber ? start..<scanner.position : 0..<0
    }
}
