import ApeCore

extension ChatDialect {
    /// Tool-call fragments of one event that are taken; more end the stream as malformed.
    private static let maximumFragments = 64

    /// Reads an event's data: a `chat.completion.chunk`, or `[DONE]`. Only what an agent needs is taken, and neither
    /// trees nor strings are built.
    ///
    /// - Throws: ``ApeError`` of code `json` for anything else.
    static func delta(of bytes: [UInt8], in range: Range<Int>) throws(ApeError) -> StreamDelta {
        var chunk = StreamDelta()
        if bytes[range].elementsEqual("[DONE]".utf8) {
            chunk.isEnd = true
            return chunk
        }
        var bare = StreamDelta.ErrorObject()
        var isBareError = false
        var scanner = JSONScanner(bytes, in: range)
        guard scanner.peek() == UInt8(ascii: "{") else {
            throw ApeError(.json, "expected a JSON object")
        }
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("choices", at: key) {
                try scanner.walkArray { _, scanner throws(ApeError) in try choice(&scanner, &chunk) }
            } else if scanner.holds("object", at: key) {
                if let kind = try scanner.takeRawStringIfAny() { isBareError = scanner.holds("error", at: kind) }
            } else if scanner.holds("usage", at: key) {
                chunk.usage = try usage(&scanner)
            } else if scanner.holds("error", at: key) {
                chunk.error = try errorObject(&scanner)
            } else if scanner.holds("time_info", at: key) {
                chunk.timeInfo = try timeInfo(&scanner)
            } else if scanner.holds("ape_sent_us", at: key) {
                chunk.sentMicros = try scanner.takeNumberIfAny()?.integer
            } else if scanner.holds("message", at: key) {
                bare.message = try scanner.takeRawStringIfAny() ?? bare.message
            } else if scanner.holds("code", at: key) {
                bare.code = try codeRange(&scanner)
            } else {
                try scanner.skipValue()
            }
        }
        try scanner.finish()
        if isBareError, chunk.error == nil { chunk.error = bare }
        return chunk
    }

    /// Takes the first choice; further ones were not asked for.
    private static func choice(_ scanner: inout JSONScanner, _ chunk: inout StreamDelta) throws(ApeError) {
        var other = StreamDelta()
        var index: Int64 = 0
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("delta", at: key) {
                try delta(&scanner, &other)
            } else if scanner.holds("finish_reason", at: key) {
                other.finishReason = try scanner.takeRawStringIfAny()
            } else if scanner.holds("index", at: key) {
                index = try scanner.takeNumberIfAny()?.integer ?? 0
            } else {
                try scanner.skipValue()
            }
        }
        guard index == 0 else { return }
        chunk.content = other.content
        chunk.reasoning = other.reasoning
        chunk.toolFragments = other.toolFragments
        chunk.finishReason = other.finishReason
    }

    private static func delta(_ scanner: inout JSONScanner, _ chunk: inout StreamDelta) throws(ApeError) {
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("content", at: key) || scanner.holds("refusal", at: key) {
                let text = try scanner.takeRawStringIfAny()
                if let text, !text.isEmpty { chunk.content = text }
            } else if scanner.holds("reasoning", at: key) || scanner.holds("reasoning_content", at: key) {
                let text = try scanner.takeRawStringIfAny()
                if let text, !text.isEmpty { chunk.reasoning = text }
            } else if scanner.holds("tool_calls", at: key) {
                try scanner.walkArray { _, scanner throws(ApeError) in
                    try append(try toolFragment(&scanner), to: &chunk)
                }
            } else if scanner.holds("function_call", at: key) {
                var fragment = StreamDelta.ToolFragment(index: 0)
                try function(&scanner, &fragment)
                if fragment.isToken { try append(fragment, to: &chunk) }
            } else {
                try scanner.skipValue()
            }
        }
    }

    private static func append(_ fragment: StreamDelta.ToolFragment, to chunk: inout StreamDelta) throws(ApeError) {
        guard chunk.toolFragments.count < maximumFragments else {
            throw ApeError(.json, "more than \(maximumFragments) tool-call fragments in one event")
        }
        chunk.toolFragments.append(fragment)
    }

    private static func toolFragment(_ scanner: inout JSONScanner) throws(ApeError) -> StreamDelta.ToolFragment {
        var fragment = StreamDelta.ToolFragment()
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("index", at: key) {
                fragment.index = try scanner.takeNumberIfAny()?.integer
            } else if scanner.holds("id", at: key) {
                fragment.id = try scanner.takeRawStringIfAny() ?? 0..<0
            } else if scanner.holds("function", at: key) {
                try function(&scanner, &fragment)
            } else {
                try scanner.skipValue()
            }
        }
        return fragment
    }

    private static func function(
        _ scanner: inout JSONScanner,
        _ fragment: inout StreamDelta.ToolFragment
    ) throws(ApeError) {
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("name", at: key) {
                fragment.name = try scanner.takeRawStringIfAny() ?? 0..<0
            } else if scanner.holds("arguments", at: key) {
                fragment.argumentsAreObject = scanner.peek() == UInt8(ascii: "{")
                if fragment.argumentsAreObject {
                    let start = scanner.position
                    try scanner.skipValue()
                    fragment.arguments = start..<scanner.position
                } else {
                    fragment.arguments = try scanner.takeRawStringIfAny() ?? 0..<0
                }
            } else {
                try scanner.skipValue()
            }
        }
    }
}
