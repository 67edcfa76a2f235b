/// A page of a site, for whoever looks for it.
package struct HTTPEndpoint: Sendable, Equatable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    package var method: Method
    /// With `{name}` for a part that varies.
    package var path: String
    /// What is found there, in a few words.
    package var summary: String

    package init(_ path: String, _ summary: String) {
        self.init(.get, path, summary)
    }

    package init(_ method: Method, _ path: String, _ summary: String) {
        self.method = method
        self.path = path
        self.summary = summary
    }

    /// Pages that every program has.
    package static let common = [
        HTTPEndpoint("/healthz", "200 while the program lives"),
        HTTPEndpoint("/readyz", "200 while it is ready for its work, else 503"),
    ]

    /// Whether a request's path is one of the endpoint's.
    func matches(_ path: String) -> Bool {
        let (own, asked) = (
            self.path.split(separator: "/"), path.split(separator: "/", omittingEmptySubsequences: false)
        )
        guard asked.count == own.count + 1, asked.first == "" else { return false }
        return zip(own, asked.dropFirst()).allSatisfy { own, asked in
            own.hasPrefix("{") ? !asked.isEmpty : own == asked
        }
    }
}
