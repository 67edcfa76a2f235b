import ApeCore

/// What comes once in a stream: usage, the server's times, errors.
extension ChatDialect {
    /// Takes `usage`; nil where it is null, as in every chunk but the last.
    static func usage(_ scanner: inout JSONScanner) throws(ApeError) -> TokenUsage? {
        var prompt: Int64?
        var completion: Int64?
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("prompt_tokens", at: key) {
                prompt = try scanner.takeNumberIfAny()?.integer
            } else if scanner.holds("completion_tokens", at: key) {
                completion = try scanner.takeNumberIfAny()?.integer
            } else {
                try scanner.skipValue()
            }
        }
        guard let prompt, let completion, prompt >= 0, completion >= 0 else { return nil }
        return TokenUsage(prompt: prompt, completion: completion)
    }

    /// Takes `time_info`, whose members are seconds.
    static func timeInfo(_ scanner: inout JSONScanner) throws(ApeError) -> TimeInfo? {
        guard scanner.peek() == UInt8(ascii: "{") else {
            try scanner.skipValue()
            return nil
        }
        var info = TimeInfo()
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("queue_time", at: key) {
                info.queueMicros = try micros(&scanner)
            } else if scanner.holds("prompt_time", at: key) {
                info.promptMicros = try micros(&scanner)
            } else if scanner.holds("completion_time", at: key) {
                info.completionMicros = try micros(&scanner)
            } else {
                try scanner.skipValue()
            }
        }
        return info
    }

    /// Seconds as microseconds, held between 0 and a day.
    private static func micros(_ scanner: inout JSONScanner) throws(ApeError) -> Int64 {
        let seconds = try scanner.takeNumberIfAny()?.number ?? 0
        return Int64((min(max(seconds, 0), 86_400) * 1_000_000).rounded())
    }

    /// Takes `error`: an object with message and code, or a bare message; nil for null and false.
    static func errorObject(_ scanner: inout JSONScanner) throws(ApeError) -> StreamDelta.ErrorObject? {
        var error = StreamDelta.ErrorObject()
        switch scanner.peek() {
        case UInt8(ascii: "n"), UInt8(ascii: "f"):
            try scanner.skipValue()
            return nil
        case UInt8(ascii: "{"):
            var type: Range<Int> = 0..<0
            try scanner.walkObject { key, scanner throws(ApeError) in
                if scanner.holds("message", at: key) {
                    error.message = try scanner.takeRawStringIfAny() ?? 0..<0
                } else if scanner.holds("code", at: key) {
                    error.code = try codeRange(&scanner)
                } else if scanner.holds("type", at: key) {
                    type = try scanner.takeRawStringIfAny() ?? 0..<0
                } else {
                    try scanner.skipValue()
                }
            }
            if error.code.isEmpty { error.code = type }
        default: error.message = try scanner.takeRawStringIfAny() ?? 0..<0
        }
        return error
    }

    /// The bytes of a code, which servers write as a string or as a number.
    static func codeRange(_ scanner: inout JSONScanner) throws(ApeError) -> Range<Int> {
        if scanner.peek() == UInt8(ascii: "\"") { return try scanner.takeRawString() }
        let start = scanner.position
        let isNumber = scanner.peek().map { $0 &- 0x30 < 10 } ?? false
        try scanner.skipValue()
        return isNumber ? start..<scanner.position : 0..<0
    }
}
