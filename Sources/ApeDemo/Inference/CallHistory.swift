import ApeCore

/// The tool calls of a conversation so far, each with its answer: what the planner decides by.
struct CallHistory: Sendable {
    struct PastCall: Sendable {
        /// The shop's route that the call went to; nil for any other call.
        var route: ShopRoute?
        var path: String?
        /// The range of the answer in the request's body.
        var reply: Range<Int>?
        /// The status of the target's answer; nil where the call was never sent.
        var status: Int?

        var hasSucceeded: Bool { status.map { $0 < 400 } ?? false }
    }

    /// A call as it stands in a request.
    private struct CallText: Hashable, Sendable {
        var tool: String
        var arguments: [UInt8]

        /// All bytes at once, since an array's own hash takes them one by one.
        func hash(into hasher: inout Hasher) {
            hasher.combine(tool)
            arguments.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    /// The calls that were read lately: every request holds all those of its session again.
    private static let read = Recurring<CallText, PastCall>()

    var calls: [PastCall] = []

    init(_ request: ModelRequest) {
        var firstOpen = 0
        for message in request.messages {
            switch message.role {
            case .system, .developer: continue
            case .assistant:
                firstOpen = calls.count
                if message.calls.isEmpty, let content = message.content {
                    Self.call(inContent: content, of: request).map { calls.append($0) }
                }
                for call in message.calls { calls.append(Self.call(call, of: request)) }
            case .tool, .user:
                guard let content = message.content else { continue }
                if let open = calls[firstOpen...].firstIndex(where: { $0.reply == nil }) {
                    calls[open].reply = content
                    calls[open].status = StatusText.status(in: request.body[content])
                }
            }
        }
    }

    private static func call(_ call: ModelRequest.Call, of request: ModelRequest) -> PastCall {
        guard let arguments = call.arguments else { return PastCall(tool: call.name, path: nil) }
        let text = CallText(tool: call.name, arguments: Array(request.body[arguments]))
        return read.value(of: text, bytes: arguments.count) {
            PastCall(tool: call.name, path: path(inArguments: request.arguments(arguments)))
        }
    }

    /// The call of a model's answer that is one JSON object `{"tool": ..., "arguments": {...}}`.
    private static func call(inContent content: Range<Int>, of request: ModelRequest) -> PastCall? {
        guard let object = try? JSONValue(parsing: request.text(content)), let tool = object["tool"]?.string else {
            return nil
        }
        return PastCall(tool: tool, path: object["arguments"]?["path"]?.string)
    }

    private static func path(inArguments arguments: [UInt8]) -> String? {
        var scanner = JSONScanner(arguments)
        var path: String?
        // Arguments that are not JSON belong to an invalid call, which is no step of the journey.
        try? scanner.walkObject { key, scanner throws(ApeError) in
            if scanner.holds("path", at: key), scanner.peek() == UInt8(ascii: "\"") {
                path = try scanner.takeString()
            } else {
                try scanner.skipValue()
            }
        }
        return path
    }
}

extension CallHistory.PastCall {
    init(tool: String, path: String?) {
        self.path = path
        guard let path, let method = ToolName.method(of: tool) else { return }
        let bare = path.utf8.prefix { $0 != UInt8(ascii: "?") }
        if case .route(let route, _) = ShopRoute.match(method: method, path: String(Substring(bare))) {
            self.route = route
        }
    }
}
