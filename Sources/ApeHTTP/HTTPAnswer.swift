import ApeCore

/// What a page answers.
package struct HTTPAnswer: Sendable, Equatable {
    package var status: Int
    package var contentType: String
    package var body: String

    package init(status: Int = 200, contentType: String, body: String) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// JSON with a newline at its end, every text in it a line of words.
    package static func json(_ value: JSONValue, status: Int = 200) -> HTTPAnswer {
        HTTPAnswer(status: status, contentType: "application/json", body: value.plain.text + "\n")
    }

    /// An error as JSON: `{"error": {"code", "message"}}`.
    package static func error(_ status: Int, _ code: String, _ message: String) -> HTTPAnswer {
        json(["error": ["code": .string(code), "message": .string(message)]], status: status)
    }
}

/// A page of a site, for whoever looks for it.
package struct HTTPEndpoint: Sendable, Equatable {
    /// With `{name}` for a part that varies.
    package var path: String
    /// What is found there, in a few words.
    package var summary: String

    package init(_ path: String, _ summary: String) {
        self.path = path
        self.summary = summary
    }

    /// Pages that every program has.
    package static let common = [
        HTTPEndpoint("/healthz", "200 while the program lives"),
        HTTPEndpoint("/readyz", "200 while it is ready for its work, else 503"),
    ]
}

/// What a program shows. Everything is read only: nothing that a request says changes the program.
package protocol HTTPSite: Sendable {
    /// Its pages, beside those that every program has.
    var endpoints: [HTTPEndpoint] { get }

    /// Why the program is not ready for its work; nil when it is.
    func notReadyReason() async -> String?

    /// The page at a path; nil where there is none.
    func answer(_ path: String) async -> HTTPAnswer?
}
