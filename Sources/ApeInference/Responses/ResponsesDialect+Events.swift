import ApeCore

extension ResponsesDialect {
    /// Reads an event's data. Its `type` says what it is; unknown types are stepped over, as the API demands.
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
        var event = Event()
        try scanner.walkObject { key, scanner throws(ApeError) in try event.take(key, &scanner) }
        try scanner.finish()
        return try event.delta(in: bytes)
    }

    /// The members of an event, whatever its type.
    private struct Event {
        var type: Range<Int> = 0..<0
        var text: Range<Int> = 0..<0
        var arguments: Range<Int> = 0..<0
        var item: Range<Int> = 0..<0
        var response: Range<Int> = 0..<0
        var outputIndex: Int64?
        var error: StreamDelta.ErrorObject?
        var bare = StreamDelta.ErrorObject()
        var sentMicros: Int64?

        mutating func take(_ key: Range<Int>, _ scanner: inout JSONScanner) throws(ApeError) {
            if scanner.holds("type", at: key) {
                type = try scanner.takeRawStringIfAny() ?? 0..<0
            } else if scanner.holds("delta", at: key) {
                text = try scanner.takeRawStringIfAny() ?? 0..<0
            } else if scanner.holds("arguments", at: key) {
                arguments = try scanner.takeRawStringIfAny() ?? 0..<0
            } else if scanner.holds("item", at: key) {
                item = try scanner.takeRawObject()
            } else if scanner.holds("response", at: key) {
                response = try scanner.takeRawObject()
            } else if scanner.holds("output_index", at: key) {
                outputIndex = try scanner.takeNumberIfAny()?.integer
            } else if scanner.holds("error", at: key) {
                error = try StreamDelta.ErrorObject(&scanner)
            } else if scanner.holds("message", at: key) {
                bare.message = try scanner.takeRawStringIfAny() ?? 0..<0
            } else if scanner.holds("code", at: key) {
                bare.code = try StreamDelta.ErrorObject.code(&scanner)
            } else if scanner.holds("ape_sent_us", at: key) {
                sentMicros = try scanner.takeMoment()
            } else {
                try scanner.skipValue()
            }
        }

        func delta(in bytes: [UInt8]) throws(ApeError) -> StreamDelta {
            var delta = StreamDelta()
            delta.sentMicros = sentMicros
            func isType(_ name: StaticString) -> Bool { JSONScanner(bytes).holds(name, at: type) }
            if isType("response.output_text.delta") || isType("response.refusal.delta") {
                delta.content = text
            } else if isType("response.function_call_arguments.delta") {
                delta.toolFragment = .init(index: outputIndex, arguments: text)
            } else if isType("response.reasoning_summary_text.delta") || isType("response.reasoning_text.delta") {
                delta.reasoning = text
            } else if isType("response.output_item.added") {
                try ResponsesDialect.begin(item, outputIndex, bytes, &delta)
            } else if isType("response.output_item.done") {
                try ResponsesDialect.complete(item, outputIndex, bytes, &delta)
            } else if isType("response.completed") || isType("response.incomplete") || isType("response.failed") {
                try ResponsesDialect.end(response, bytes, &delta)
            } else if isType("error") || error != nil {
                delta.error = error ?? bare
            }
            return delta
        }
    }

    /// An item begins: a call has its name already, and a name is a token.
    private static func begin(
        _ item: Range<Int>,
        _ index: Int64?,
        _ bytes: [UInt8],
        _ delta: inout StreamDelta
    ) throws(ApeError) {
        guard var fragment = try call(item, index, bytes) else { return }
        fragment.arguments = 0..<0
        delta.toolFragment = fragment
    }

    /// An item is whole: it goes back as it is, and a call's arguments stand for all that came of them.
    private static func complete(
        _ item: Range<Int>,
        _ index: Int64?,
        _ bytes: [UInt8],
        _ delta: inout StreamDelta
    ) throws(ApeError) {
        guard !item.isEmpty else { return }
        delta.carried = [.item(item)]
        guard var fragment = try call(item, index, bytes) else { return }
        fragment.replacesArguments = true
        delta.toolFragment = fragment
    }

    /// The call of a `function_call` item; nil for any other item.
    private static func call(
        _ item: Range<Int>,
        _ index: Int64?,
        _ bytes: [UInt8]
    ) throws(ApeError) -> StreamDelta.ToolFragment? {
        guard !item.isEmpty else { return nil }
        var fragment = StreamDelta.ToolFragment(index: index)
        var isCall = false
        var scanner = JSONScanner(bytes, in: item)
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("type", at: key) {
                if let type = try scanner.takeRawStringIfAny() { isCall = scanner.holds("function_call", at: type) }
            } else if scanner.holds("call_id", at: key) {
                fragment.id = try scanner.takeRawStringIfAny() ?? 0..<0
            } else if scanner.holds("name", at: key) {
                fragment.name = try scanner.takeRawStringIfAny() ?? 0..<0
            } else if scanner.holds("arguments", at: key) {
                fragment.arguments = try scanner.takeRawStringIfAny() ?? 0..<0
            } else {
                try scanner.skipValue()
            }
        }
        return isCall ? fragment : nil
    }

    /// The answer is over: its status, its tokens, its error.
    private static func end(
        _ response: Range<Int>,
        _ bytes: [UInt8],
        _ delta: inout StreamDelta
    ) throws(ApeError) {
        delta.isEnd = true
        guard !response.isEmpty else { return }
        var hasFailed = false
        var scanner = JSONScanner(bytes, in: response)
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("usage", at: key) {
                delta.usage = try usage(&scanner)
            } else if scanner.holds("error", at: key) {
                delta.error = try StreamDelta.ErrorObject(&scanner)
            } else if scanner.holds("status", at: key) {
                if let status = try scanner.takeRawStringIfAny() { hasFailed = scanner.holds("failed", at: status) }
            } else if scanner.holds("incomplete_details", at: key) {
                try scanner.walkObject { key, scanner throws(ApeError) in
                    if scanner.holds("reason", at: key) {
                        delta.finishReason = try scanner.takeRawStringIfAny()
                    } else {
                        try scanner.skipValue()
                    }
                }
            } else if scanner.holds("output", at: key) {
                try scanner.walkArray { _, scanner throws(ApeError) in
                    delta.lateItems.append(try scanner.takeRawObject())
                }
            } else {
                try scanner.skipValue()
            }
        }
        if hasFailed, delta.error == nil { delta.error = StreamDelta.ErrorObject() }
    }

    private static func usage(_ scanner: inout JSONScanner) throws(ApeError) -> UsageReport? {
        guard scanner.peek() == UInt8(ascii: "{") else {
            try scanner.skipValue()
            return nil
        }
        var usage = UsageReport()
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("input_tokens", at: key) {
                usage.prompt = try scanner.takeTokens()
            } else if scanner.holds("output_tokens", at: key) {
                usage.completion = try scanner.takeTokens()
            } else if scanner.holds("total_tokens", at: key) {
                usage.total = try scanner.takeTokens()
            } else if scanner.holds("input_tokens_details", at: key)
                || scanner.holds("output_tokens_details", at: key)
            {
                try ChatDialect.details(&scanner, &usage)
            } else {
                try scanner.skipValue()
            }
        }
        return usage
    }
}

extension JSONScanner {
    /// Takes an object as it stands; anything else is stepped over and is empty.
    mutating func takeRawObject() throws(ApeError) -> Range<Int> {
        let isObject = peek() == UInt8(ascii: "{")
        let start = position
        try skipValue()
        return isObject ? start..<position : 0..<0
    }
}
