import ApeCore

/// What a page answers.
package struct HTTPAnswer: Sendable {
    /// What follows the head.
    package enum Body: Sendable {
        case text(String)
        case bytes([UInt8])
        /// Told one after the other until the stream ends, which may be long. An answer of `text/event-stream` carries
        /// them as server-sent events, any other their data alone, one a line. The stream's own buffering decides what
        /// a slow reader misses.
        case events(AsyncStream<ServerSentEvent>)
    }

    package var status: Int
    package var contentType: String
    /// Further fields of the head.
    package var headers: [(name: String, value: String)]
    package var body: Body

    package init(
        status: Int = 200,
        contentType: String,
        headers: [(name: String, value: String)] = [],
        body: Body
    ) {
        self.status = status
        self.contentType = contentType
        self.headers = headers
        self.body = body
    }

    package init(
        status: Int = 200,
        contentType: String,
        headers: [(name: String, value: String)] = [],
        body: String
    ) {
        self.init(status: status, contentType: contentType, headers: headers, body: .text(body))
    }

    /// The body where it is text; nil where it is none.
    package var text: String? {
        if case .text(let text) = body { text } else { nil }
    }

    /// JSON with a newline at its end, every text in it a line of words.
    package static func json(_ value: JSONValue, status: Int = 200) -> HTTPAnswer {
        HTTPAnswer(status: status, contentType: "application/json", body: value.plain.text + "\n")
    }

    /// An error as JSON: `{"error": {"code", "message"}}`.
    package static func error(_ status: Int, _ code: String, _ message: String) -> HTTPAnswer {
        json(["error": ["code": .string(code), "message": .string(message)]], status: status)
    }

    /// The same with a further field in its head.
    func adding(_ name: String, _ value: String) -> HTTPAnswer {
        var answer = self
        answer.headers.append((name, value))
        return answer
    }

    /// Nobody will read it: whoever makes its events may stop.
    func discard() async {
        guard case .events(let events) = body else { return }
        await withDiscardingTaskGroup { group in
            group.addTask { for await _ in events {} }
            group.cancelAll()
        }
    }
}
