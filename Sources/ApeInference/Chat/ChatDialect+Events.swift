import ApeCore

extension ChatDialect {
    /// Tool-call fragments of one event that are taken; more end the stream as malformed.
    private static let maximumFragments = 64
    /// Parts of a list of content, and members that go back, in one event.
    private static let maximumPieces = 64

    /// Reads an event's data: a `chat.completion.chunk`, or `[DONE]`. Only what an agent needs is taken, and neither
    /// trees nor strings are built.
    static func delta(
        of bytes: [UInt8],
        in range: Range<Int>,
        after beginning: inout EventBeginning
    ) throws(ApeError) -> StreamDelta {
        var chunk = StreamDelta()
        var scanner = JSONScanner(bytes, in: range)
        if scanner.peek() != UInt8(ascii: "{") {
            guard scanner.takeText("[DONE]") else { throw ApeError(.json, "expected a JSON object") }
            try scanner.finish()
            chunk.isEnd = true
            return chunk
        }
        var bare = BareError()
        if scanner.take(bytes: beginning.bytes) {
            try choices(&scanner, &chunk)
            try scanner.walkRest { key, scanner throws(ApeError) in
                _ = try member(key, &scanner, &chunk, &bare)
            }
        } else {
            var hasSaid = false
            try scanner.walkObject { key, scanner throws(ApeError) in
                if !hasSaid, scanner.holds("choices", at: key) {
                    beginning.keep(bytes[range.lowerBound..<scanner.position])
                    hasSaid = true
                }
                hasSaid = try member(key, &scanner, &chunk, &bare) || hasSaid
            }
        }
        try scanner.finish()
        if bare.isError, chunk.error == nil { chunk.error = bare.object }
        return chunk
    }

    /// An event that is an error itself, and holds none.
    private struct BareError {
        var isError = false
        var object = StreamDelta.ErrorObject()
    }

    /// Takes a member of an event.
    ///
    /// - Returns: whether it may say anything.
    private static func member(
        _ key: Range<Int>,
        _ scanner: inout JSONScanner,
        _ chunk: inout StreamDelta,
        _ bare: inout BareError
    ) throws(ApeError) -> Bool {
        if scanner.holds("choices", at: key) {
            try choices(&scanner, &chunk)
        } else if scanner.holds("object", at: key) {
            if let kind = try scanner.takeRawStringIfAny() { bare.isError = scanner.holds("error", at: kind) }
            return bare.isError
        } else if scanner.holds("error", at: key) {
            chunk.error = try StreamDelta.ErrorObject(&scanner)
        } else if scanner.holds("ape_sent_us", at: key) {
            chunk.sentMicros = try scanner.takeMoment()
        } else if scanner.holds("message", at: key) {
            bare.object.message = try scanner.takeRawStringIfAny() ?? bare.object.message
        } else if scanner.holds("code", at: key) {
            bare.object.code = try StreamDelta.ErrorObject.code(&scanner)
        } else if try !footer(key, &scanner, &chunk) {
            try scanner.skipValue()
            return false
        }
        return true
    }

    /// Takes the first choice; further ones were not asked for.
    private static func choices(_ scanner: inout JSONScanner, _ chunk: inout StreamDelta) throws(ApeError) {
        var isTaken = false
        try scanner.walkArray { _, scanner throws(ApeError) in
            guard !isTaken else { return try scanner.skipValue() }
            isTaken = try choice(&scanner, &chunk)
            if !isTaken { chunk.dropChoice() }
        }
    }

    /// Takes a choice.
    ///
    /// - Returns: whether it is the first.
    private static func choice(_ scanner: inout JSONScanner, _ chunk: inout StreamDelta) throws(ApeError) -> Bool {
        var index: Int64 = 0
        let told = chunk.usage
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("delta", at: key) {
                try delta(&scanner, &chunk)
            } else if scanner.holds("finish_reason", at: key) {
                chunk.finishReason = try scanner.takeRawStringIfAny()
            } else if scanner.holds("index", at: key) {
                index = try scanner.takeNumberIfAny()?.integer ?? 0
            } else if scanner.holds("usage", at: key) {
                try usage(&scanner, &chunk)
            } else {
                try scanner.skipValue()
            }
        }
        // What was told beside the choices stands, and a further choice tells nothing.
        if told != nil || index != 0 { chunk.usage = told }
        return index == 0
    }

    private static func delta(_ scanner: inout JSONScanner, _ chunk: inout StreamDelta) throws(ApeError) {
        try scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("content", at: key) {
                try content(&scanner, &chunk)
            } else if scanner.holds("tool_calls", at: key) {
                try scanner.walkArray { _, scanner throws(ApeError) in
                    try append(try toolFragment(&scanner), to: &chunk)
                }
            } else if scanner.holds("refusal", at: key) {
                let text = try scanner.takeRawStringIfAny()
                if let text, !text.isEmpty { chunk.content = text }
            } else if scanner.holds("function_call", at: key) {
                var fragment = StreamDelta.ToolFragment(index: 0)
                try function(&scanner, &fragment)
                if fragment.isToken { try append(fragment, to: &chunk) }
            } else if isCarried(key, scanner.bytes) {
                try carried(key, &scanner, &chunk)
            } else {
                try scanner.skipValue()
            }
        }
    }

    /// Whether a member of the model's message goes back with it: its reasoning, under whatever name, and the
    /// signatures of Gemini.
    private static func isCarried(_ key: Range<Int>, _ bytes: [UInt8]) -> Bool {
        switch bytes[key.lowerBound] {
        case UInt8(ascii: "r"): bytes[key].starts(with: "reasoning".utf8)
        case UInt8(ascii: "t"): bytes[key].starts(with: "thinking".utf8) || bytes[key].starts(with: "thought".utf8)
        case UInt8(ascii: "e"): bytes[key].elementsEqual("extra_content".utf8)
        default: false
        }
    }

    private static func carried(
        _ key: Range<Int>,
        _ scanner: inout JSONScanner,
        _ chunk: inout StreamDelta
    ) throws(ApeError) {
        let kind = scanner.peek()
        let start = scanner.position
        try scanner.skipValue()
        guard kind != UInt8(ascii: "n"), chunk.carried.count < maximumPieces else { return }
        let value = start..<scanner.position
        chunk.carried.append(.member(name: key, value: value))
        let isText = kind == UInt8(ascii: "\"") && value.count > 2
        let isList = kind == UInt8(ascii: "[") && value.count > 2
        if isText { chunk.reasoning = (start + 1)..<(scanner.position - 1) }
        if isList, chunk.reasoning.isEmpty { chunk.reasoning = value }
    }

    /// Takes content: a text, or a list of parts of which some are thoughts.
    private static func content(_ scanner: inout JSONScanner, _ chunk: inout StreamDelta) throws(ApeError) {
        guard scanner.peek() == UInt8(ascii: "[") else {
            let text = try scanner.takeRawStringIfAny()
            if let text, !text.isEmpty { chunk.content = text }
            return
        }
        try scanner.walkArray { _, scanner throws(ApeError) in
            _ = scanner.peek()
            let start = scanner.position
            guard chunk.carried.count < maximumPieces else { return try scanner.skipValue() }
            try scanner.walkObject { key, scanner throws(ApeError) in
                if scanner.holds("text", at: key) {
                    let text = try scanner.takeRawStringIfAny()
                    if let text, !text.isEmpty { chunk.moreContent.append(text) }
                } else if scanner.holds("thinking", at: key) {
                    let begin = scanner.position
                    try scanner.skipValue()
                    chunk.reasoning = begin..<scanner.position
                } else {
                    try scanner.skipValue()
                }
            }
            chunk.carried.append(.part(start..<scanner.position))
        }
    }

    private static func append(_ fragment: StreamDelta.ToolFragment, to chunk: inout StreamDelta) throws(ApeError) {
        if chunk.toolFragment == nil {
            chunk.toolFragment = fragment
            return
        }
        guard chunk.moreToolFragments.count + 1 < maximumFragments else {
            throw ApeError(.json, "more than \(maximumFragments) tool-call fragments in one event")
        }
        chunk.moreToolFragments.append(fragment)
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
            } else if scanner.holds("extra_content", at: key) {
                _ = scanner.peek()
                let start = scanner.position
                try scanner.skipValue()
                fragment.extra = start..<scanner.position
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
