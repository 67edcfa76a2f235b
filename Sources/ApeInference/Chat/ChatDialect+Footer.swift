import ApeCore

/// What comes once in a stream: the tokens and the server's times, under the names of many servers.
extension ChatDialect {
    /// Takes a member that tells of tokens or times.
    ///
    /// - Returns: false for any other member, which is not taken then.
    static func footer(
        _ key: Range<Int>,
        _ scanner: inout JSONScanner,
        _ chunk: inout StreamDelta
    ) throws(ApeError) -> Bool {
        if scanner.holds("usage", at: key) {
            try usage(&scanner, &chunk)
        } else if scanner.holds("x_groq", at: key) {
            try scanner.walkObject { key, scanner throws(ApeError) in
                if scanner.holds("usage", at: key) {
                    try usage(&scanner, &chunk)
                } else if scanner.holds("error", at: key) {
                    chunk.error = try StreamDelta.ErrorObject(&scanner)
                } else {
                    try scanner.skipValue()
                }
            }
        } else if scanner.holds("time_info", at: key) {
            try times(&scanner, &chunk, unit: .seconds)
        } else if scanner.holds("timings", at: key) {
            try times(&scanner, &chunk, unit: .milliseconds)
        } else {
            return false
        }
        return true
    }

    /// Takes `usage`; nothing where it is null, as in every chunk but the last.
    static func usage(_ scanner: inout JSONScanner, _ chunk: inout StreamDelta) throws(ApeError) {
        guard scanner.peek() == UInt8(ascii: "{") else { return try scanner.skipValue() }
        var usage = UsageReport()
        var info = TimeInfo()
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("prompt_tokens", at: key) {
                usage.prompt = try scanner.takeTokens()
            } else if scanner.holds("completion_tokens", at: key) {
                usage.completion = try scanner.takeTokens()
            } else if scanner.holds("total_tokens", at: key) {
                usage.total = try scanner.takeTokens()
            } else if scanner.holds("prompt_tokens_details", at: key)
                || scanner.holds("completion_tokens_details", at: key)
            {
                try details(&scanner, &usage)
            } else if scanner.holds("prompt_cache_hit_tokens", at: key) || scanner.holds("cached_tokens", at: key)
                || scanner.holds("num_cached_tokens", at: key)
            {
                usage.cached = try scanner.takeTokens() ?? usage.cached
            } else if scanner.holds("reasoning_tokens", at: key) {
                usage.reasoning = try scanner.takeTokens() ?? usage.reasoning
            } else if try !time(key, &scanner, &info, unit: .seconds) {
                try scanner.skipValue()
            }
        }
        chunk.usage = usage
        if info != TimeInfo() { chunk.timeInfo = info }
    }

    static func details(_ scanner: inout JSONScanner, _ usage: inout UsageReport) throws(ApeError) {
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("cached_tokens", at: key) {
                usage.cached = try scanner.takeTokens() ?? usage.cached
            } else if scanner.holds("cache_write_tokens", at: key) {
                usage.cacheWrite = try scanner.takeTokens() ?? usage.cacheWrite
            } else if scanner.holds("reasoning_tokens", at: key) {
                usage.reasoning = try scanner.takeTokens() ?? usage.reasoning
            } else {
                try scanner.skipValue()
            }
        }
    }

    private enum TimeUnit: Double {
        case seconds = 1_000_000
        case milliseconds = 1000
    }

    private static func times(
        _ scanner: inout JSONScanner,
        _ chunk: inout StreamDelta,
        unit: TimeUnit
    ) throws(ApeError) {
        guard scanner.peek() == UInt8(ascii: "{") else { return try scanner.skipValue() }
        var info = TimeInfo()
        try scanner.walkObject { key, scanner throws(ApeError) in
            if try !time(key, &scanner, &info, unit: unit) { try scanner.skipValue() }
        }
        if info != TimeInfo() { chunk.timeInfo = info }
    }

    /// Takes a time of Cerebras's `time_info`, of Groq's `usage`, or of llama.cpp's `timings`.
    private static func time(
        _ key: Range<Int>,
        _ scanner: inout JSONScanner,
        _ info: inout TimeInfo,
        unit: TimeUnit
    ) throws(ApeError) -> Bool {
        if scanner.holds("queue_time", at: key) {
            info.queueMicros = try micros(&scanner, unit)
        } else if scanner.holds("prompt_time", at: key) || scanner.holds("prompt_ms", at: key) {
            info.promptMicros = try micros(&scanner, unit)
        } else if scanner.holds("completion_time", at: key) || scanner.holds("predicted_ms", at: key) {
            info.completionMicros = try micros(&scanner, unit)
        } else {
            return false
        }
        return true
    }

    /// A time as microseconds, held between 0 and a day.
    private static func micros(_ scanner: inout JSONScanner, _ unit: TimeUnit) throws(ApeError) -> Int64? {
        guard let time = try scanner.takeNumberIfAny()?.number else { return nil }
        return Int64((min(max(time, 0) * unit.rawValue, 86_400_000_000)).rounded())
    }
}

extension JSONScanner {
    /// Takes a moment by the monotonic clock or since 1970; anything that can be neither is nil.
    mutating func takeMoment() throws(ApeError) -> Int64? {
        guard let moment = try takeNumberIfAny()?.integer, (0...StreamDelta.latestMoment).contains(moment) else {
            return nil
        }
        return moment
    }

    /// Takes a number of tokens; anything that is none, or more than can be believed, is nil.
    mutating func takeTokens() throws(ApeError) -> Int64? {
        guard let tokens = try takeNumberIfAny()?.integer, (0...UsageReport.maximumTokens).contains(tokens) else {
            return nil
        }
        return tokens
    }
}
