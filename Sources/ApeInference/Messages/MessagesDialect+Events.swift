import ApeCore

extension MessagesDialect {
    /// Reads an event's data. Its `type` says what it is; `ping` and unknown types are stepped over, as the API demands.
    static func delta(
        of bytes: [UInt8],
        in range: Range<Int>,
        after beginning: inout EventBeginning
    ) throws(ApeError) -> StreamDelta {
        var scanner = JSONScanner(bytes, in: range)
        if scanner.peek() != UInt8(ascii: "{") {
            guard scanner.takeText("[DONE]") else { throw ApeError(.json, "expected a JSON object") }
            return StreamDelta(isEnd: true)
        }
        var delta = StreamDelta()
        var type: Range<Int> = 0..<0
        var index: Int64 = 0
        var block: Range<Int> = 0..<0
        var part: Range<Int> = 0..<0
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("type", at: key) {
                type = try scanner.takeRawStringIfAny() ?? 0..<0
            } else if scanner.holds("index", at: key) {
                index = try scanner.takeNumberIfAny()?.integer ?? 0
            } else if scanner.holds("delta", at: key) {
                part = try scanner.takeRawObject()
            } else if scanner.holds("content_block", at: key) {
                block = try scanner.takeRawObject()
            } else if scanner.holds("usage", at: key) {
                delta.usage = try usage(&scanner)
            } else if scanner.holds("message", at: key) {
                try message(&scanner, &delta)
            } else if scanner.holds("error", at: key) {
                delta.error = try StreamDelta.ErrorObject(&scanner)
            } else if scanner.holds("ape_sent_us", at: key) {
                delta.sentMicros = try scanner.takeMoment()
            } else {
                try scanner.skipValue()
            }
        }
        try scanner.finish()
        if scanner.holds("message_stop", at: type) { delta.isEnd = true }
        if !block.isEmpty { try begin(block, index, bytes, &delta) }
        if !part.isEmpty { try go(on: part, index, bytes, &delta) }
        return delta
    }

    /// `message_start` holds the tokens of the prompt.
    private static func message(_ scanner: inout JSONScanner, _ delta: inout StreamDelta) throws(ApeError) {
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("usage", at: key) {
                delta.usage = try usage(&scanner)
            } else {
                try scanner.skipValue()
            }
        }
    }

    /// A content block begins. A call has its name already, and a name is a token.
    private static func begin(
        _ block: Range<Int>,
        _ index: Int64,
        _ bytes: [UInt8],
        _ delta: inout StreamDelta
    ) throws(ApeError) {
        delta.carried = [.block(index: index, block)]
        var fragment = StreamDelta.ToolFragment(index: index)
        var isCall = false
        var scanner = JSONScanner(bytes, in: block)
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("type", at: key) {
                if let type = try scanner.takeRawStringIfAny() { isCall = scanner.holds("tool_use", at: type) }
            } else if scanner.holds("id", at: key) {
                fragment.id = try scanner.takeRawStringIfAny() ?? 0..<0
            } else if scanner.holds("name", at: key) {
                fragment.name = try scanner.takeRawStringIfAny() ?? 0..<0
            } else if scanner.holds("input", at: key) {
                // Adapters that do not stream put the whole input here; the API itself begins with an empty one.
                let input = try scanner.takeRawObject()
                if input.count > 2 { fragment.arguments = input }
                fragment.argumentsAreObject = input.count > 2
            } else if scanner.holds("text", at: key) {
                delta.content = try scanner.takeRawStringIfAny() ?? 0..<0
            } else if scanner.holds("thinking", at: key) {
                delta.reasoning = try scanner.takeRawStringIfAny() ?? 0..<0
            } else {
                try scanner.skipValue()
            }
        }
        if isCall { delta.toolFragment = fragment }
    }

    /// More of a content block, or the reason for which the message stops.
    private static func go(
        on part: Range<Int>,
        _ index: Int64,
        _ bytes: [UInt8],
        _ delta: inout StreamDelta
    ) throws(ApeError) {
        var scanner = JSONScanner(bytes, in: part)
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("text", at: key) {
                delta.content = try scanner.takeRawStringIfAny() ?? 0..<0
                delta.carried.append(.blockText(index: index, member: .text, delta.content))
            } else if scanner.holds("thinking", at: key) {
                delta.reasoning = try scanner.takeRawStringIfAny() ?? 0..<0
                delta.carried.append(.blockText(index: index, member: .thinking, delta.reasoning))
            } else if scanner.holds("signature", at: key) {
                let signature = try scanner.takeRawStringIfAny() ?? 0..<0
                delta.carried.append(.blockText(index: index, member: .signature, signature))
            } else if scanner.holds("partial_json", at: key) {
                let input = try scanner.takeRawStringIfAny() ?? 0..<0
                delta.toolFragment = .init(index: index, arguments: input)
            } else if scanner.holds("stop_reason", at: key) {
                delta.finishReason = try scanner.takeRawStringIfAny()
            } else {
                try scanner.skipValue()
            }
        }
    }

    private static func usage(_ scanner: inout JSONScanner) throws(ApeError) -> UsageReport? {
        guard scanner.peek() == UInt8(ascii: "{") else {
            try scanner.skipValue()
            return nil
        }
        var usage = UsageReport(promptLeavesOutCache: true)
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("input_tokens", at: key) {
                usage.prompt = try scanner.takeTokens()
            } else if scanner.holds("output_tokens", at: key) {
                usage.completion = try scanner.takeTokens()
            } else if scanner.holds("cache_read_input_tokens", at: key) {
                usage.cached = try scanner.takeTokens()
            } else if scanner.holds("cache_creation_input_tokens", at: key) {
                usage.cacheWrite = try scanner.takeTokens()
            } else if scanner.holds("output_tokens_details", at: key) {
                try scanner.walkObject { key, scanner throws(ApeError) in
                    if scanner.holds("thinking_tokens", at: key) || scanner.holds("reasoning_tokens", at: key) {
                        usage.reasoning = try scanner.takeTokens()
                    } else {
                        try scanner.skipValue()
                    }
                }
            } else {
                try scanner.skipValue()
            }
        }
        return usage
    }
}
