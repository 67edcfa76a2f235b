import ApeCore

/// Decides what a request may do before anything of it is done.
struct HTTPGate: Sendable {
    /// Where a browser turns a link into its cookie.
    static let openPath = "/open"

    /// nil where nobody may control the program.
    let rights: ControlRights?
    /// The port that is served: cookies know no ports, so that its name does.
    let port: Int

    var cookie: String { "ape_control_\(port)" }

    /// Whether a request may control the program.
    ///
    /// - Returns: the answer that refuses it, where it asks for something that it may not.
    func judge(_ method: String, _ credentials: HTTPCredentials) -> (mayControl: Bool, refusal: HTTPAnswer?) {
        let standing = rights?.standing(of: credentials, cookie: cookie) ?? .none
        let isGranted = standing == .token || standing == .cookie
        if method == "GET" || method == "HEAD" { return (isGranted, nil) }
        if credentials.isForeign || standing == .cookie && !credentials.isOwn {
            return (false, .error(403, "foreign_origin", "Pages of other sites cannot control this program"))
        }
        switch standing {
        case .token, .cookie: return (true, nil)
        case .limited:
            let answer = HTTPAnswer.error(429, "too_many_tries", "Too many wrong tokens came from there: wait a second")
            return (false, answer.adding("Retry-After", "1"))
        case .none, .wrong:
            let message =
                standing == .wrong
                ? "That token is not this program's" : "Send the token of this program as Authorization: Bearer"
            return (false, .error(401, "unauthorized", message).adding("WWW-Authenticate", "Bearer"))
        }
    }

    /// Why a body is not read.
    ///
    /// - Parameters:
    ///   - contentType: as the request says.
    ///   - length: bytes as the request says; nil where it does not.
    /// - Returns: the answer that says so; nil where the body may be read.
    func refusal(ofBody contentType: String?, length: Int?) -> HTTPAnswer? {
        if let length, length > HTTPRequest.maximumBody { return Self.tooLarge }
        guard let contentType else {
            return length ?? 1 == 0 ? nil : Self.notJSON
        }
        let type = contentType.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        return type == "application/json" ? nil : Self.notJSON
    }

    static let tooLarge = HTTPAnswer.error(
        413,
        "too_large",
        "A request's body has \(HTTPRequest.maximumBody) bytes at most"
    )
    private static let notJSON = HTTPAnswer.error(
        415,
        "unsupported_media_type",
        "Send JSON as Content-Type: application/json"
    )

    /// The answer to a browser that opens a link.
    func open(_ key: String?) -> HTTPAnswer {
        guard let rights, let value = key.flatMap({ rights.open($0) }) else {
            return .error(403, "link_used", "This link was opened before, or is too old: ask for a new one")
        }
        // Whether TLS ends in front of this server is unknown here, so the cookie cannot demand it.
        let fields = "\(cookie)=\(value); Path=/; HttpOnly; SameSite=Strict"
        let page = HTTPAnswer(
            status: 303,
            contentType: "text/plain; charset=utf-8",
            body: "This browser may control the run.\n"
        )
        return page.adding("Location", "/").adding("Set-Cookie", fields).adding("Referrer-Policy", "no-referrer")
    }
}
