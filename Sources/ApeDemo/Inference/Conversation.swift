import ApeCore

/// What has been tried so far, as the planner sees it: each call with the answer it got.
struct Conversation: Sendable {
    struct PastCall: Sendable {
        /// The shop's route that was called; nil for any other call.
        var route: ShopRoute?
        var path: String?
        /// Where the answer stands in the request's body.
        var reply: Range<Int>?
        /// The status of the target's answer; nil where the call never went out.
        var status: Int?

        var hasSucceeded: Bool { status.map { $0 < 400 } ?? false }
    }

    var calls: [PastCall] = []

    init(_ request: ChatRequest) {
        var firstOpen = 0
        for message in request.messages {
            switch message.role {
            case .system, .developer: continue
            case .assistant:
                firstOpen = calls.count
                if message.calls.isEmpty, let content = message.content {
                    Self.call(inContent: content, of: request).map { calls.append($0) }
                }
                calls += message.calls.map { Self.call($0, of: request) }
            case .tool, .user:
                guard let content = message.content else { continue }
                if let open = calls[firstOpen...].firstIndex(where: { $0.reply == nil }) {
                    calls[open].reply = content
                    calls[open].status = StatusText.status(in: request.body[content])
                }
            }
        }
    }

    private static func call(_ call: ChatRequest.Call, of request: ChatRequest) -> PastCall {
        PastCall(tool: call.name, path: call.arguments.flatMap { path(inArguments: Array(request.text($0).utf8)) })
    }

    /// The call of an answer that is one JSON object `{"tool": ..., "arguments": {...}}`.
    private static func call(inContent content: Range<Int>, of request: ChatRequest) -> PastCall? {
        guard let object = try? JSONValue(parsing: request.text(content)), let tool = object["tool"]?.string else {
            return nil
        }
        return PastCall(tool: tool, path: object["arguments"]?["path"]?.string)
    }

    private static func path(inArguments arguments: [UInt8]) -> String? {
        var scanner = JSONScanner(arguments)
        var path: String?
        // Arguments that are not JSON were an invalid call, and are none of the journey's steps.
        try? scanner.scanObject { key, scanner throws(ApeError) in
            if key == "path", scanner.peek() == UInt8(ascii: "\"") {
                path = try scanner.takeString()
            } else {
                try scanner.skipValue()
            }
        }
        return path
    }
}

extension Conversation.PastCall {
    init(tool: String, path: String?) {
        self.path = path
        guard let path, let method = ToolName.method(of: tool) else { return }
        let bare = String(path.prefix { $0 != "?" })
        if case .route(let route, _) = ShopRoute.match(method: method, path: bare) { self.route = route }
    }
}

/// The names of the tools that stand for HTTP methods.
enum ToolName {
    static let finish = "finish"

    static func method(of tool: String) -> String? {
        switch tool {
        case "http_get": "GET"
        case "http_post": "POST"
        case "http_put": "PUT"
        case "http_patch": "PATCH"
        case "http_delete": "DELETE"
        default: nil
        }
    }

    static func tool(for method: some StringProtocol) -> String {
        "http_" + method.lowercased()
    }
}

/// Finds what the planner needs in texts whose form is the agent's own: plain, JSON, or JSON inside JSON strings.
enum StatusText {
    /// A status stands among the first bytes of an answer that is fed back, or there is none.
    static let searchedBytes = 96

    /// The first number of three digits, 100 to 599, that stands alone.
    static func status(in text: ArraySlice<UInt8>) -> Int? {
        var (value, digits, isPartOfWord) = (0, 0, false)
        for byte in text.prefix(searchedBytes) + [0] {
            if byte &- 0x30 < 10 {
                (value, digits) = (value * 10 % 10_000 + Int(byte &- 0x30), digits + 1)
                continue
            }
            if digits == 3, (100...599).contains(value), !isPartOfWord { return value }
            isPartOfWord = byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
            isPartOfWord = isPartOfWord || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            (value, digits) = (0, 0)
        }
        return nil
    }
}
