import ApeCore
import Testing

@testable import ApeHTTP

/// What a request may do.
struct HTTPGateTests {
    private let rights = ControlRights(token: Secret("0123456789abcdef"))
    private var gate: HTTPGate { HTTPGate(rights: rights, port: 9465) }
    private let token = ["Bearer 0123456789abcdef"]

    private func status(_ credentials: HTTPCredentials, _ method: String = "POST") -> Int? {
        gate.judge(method, credentials).refusal?.status
    }

    private func browser() throws -> String {
        let key = rights.link(at: HostPort(host: "127.0.0.1", port: 9465)).split(separator: "=")[1]
        return "\(gate.cookie)=\(try #require(rights.open(String(key))))"
    }

    @Test func aReaderNeedsNothing() {
        for method in ["GET", "HEAD"] {
            let judged = gate.judge(method, HTTPCredentials(authorizations: ["Bearer wrong"]))
            #expect(judged.refusal == nil)
            #expect(!judged.mayControl)
        }
        #expect(gate.judge("GET", HTTPCredentials(authorizations: token)).mayControl)
    }

    @Test func ordersNeedTheToken() {
        #expect(status(HTTPCredentials()) == 401)
        #expect(status(HTTPCredentials(authorizations: ["Bearer wrong"])) == 401)
        #expect(gate.judge("POST", HTTPCredentials(authorizations: token)).mayControl)
        #expect(
            HTTPGate(rights: nil, port: 1).judge("POST", HTTPCredentials(authorizations: token)).refusal?.status == 401
        )
    }

    @Test(
        arguments: [
            ("http://127.0.0.1:9465", nil, nil), ("https://127.0.0.1:9465", "same-origin", nil),
            ("http://127.0.0.1:9466", nil, 403), ("http://localhost:9465", "same-site", 403), ("null", nil, 403),
            ("http://evil.example", "cross-site", 403), ("", nil, 403), (nil, "same-origin", nil),
            (nil, "cross-site", 403), (nil, "same-site", 403), (nil, nil, 403), (nil, "none", 403),
            ("http://127.0.0.1:9465.evil.example", nil, 403),
        ] as [(String?, String?, Int?)]
    )
    func aBrowserGivesOrdersFromItsOwnPageAlone(origin: String?, site: String?, expected: Int?) throws {
        let credentials = HTTPCredentials(
            cookies: [try browser()],
            origin: origin,
            fetchSite: site,
            authority: "127.0.0.1:9465"
        )
        #expect(status(credentials) == expected)
    }

    @Test func aTokenNeedsNoPageButIsNotTakenFromAnother() {
        var credentials = HTTPCredentials(authorizations: token, authority: "127.0.0.1:9465")
        #expect(status(credentials) == nil)
        credentials.origin = "http://evil.example"
        #expect(status(credentials) == 403)
        credentials.origin = "HTTP://127.0.0.1:9465"
        #expect(status(credentials) == nil)
    }

    @Test func tooManyWrongTokensAreToldSo() throws {
        for _ in 0..<20 { #expect(status(HTTPCredentials(authorizations: ["Bearer wrong"])) == 401) }
        #expect(status(HTTPCredentials(authorizations: ["Bearer wrong"])) == 429)
        // A browser that has its cookie is not held up by them.
        let own = HTTPCredentials(
            authorizations: ["Bearer wrong"],
            cookies: [try browser()],
            fetchSite: "same-origin"
        )
        #expect(status(own) == nil)
    }

    @Test(
        arguments: [
            ("application/json", 10, nil), ("application/json; charset=utf-8", nil, nil), ("APPLICATION/JSON", 0, nil),
            (nil, 0, nil), (nil, 1, 415), (nil, nil, 415), ("text/plain", 2, 415),
            ("application/x-www-form-urlencoded", 0, 415), ("application/jsonp", 2, 415), ("", 2, 415),
            ("application/json", 65_536, nil), ("application/json", 65_537, 413), ("text/plain", .max, 413),
        ] as [(String?, Int?, Int?)]
    )
    func aBodyIsJSONAndBounded(type: String?, length: Int?, expected: Int?) {
        #expect(gate.refusal(ofBody: type, length: length)?.status == expected)
    }

    @Test func aLinkMakesACookieThatNoScriptAndNoOtherSiteSees() throws {
        let key = String(rights.link(at: HostPort(host: "127.0.0.1", port: 9465)).split(separator: "=")[1])
        let answer = gate.open(key)
        #expect(answer.status == 303)
        let fields = Dictionary(uniqueKeysWithValues: answer.headers.map { ($0.name, $0.value) })
        #expect(fields["Location"] == "/")
        let cookie = try #require(fields["Set-Cookie"])
        #expect(cookie.hasPrefix("ape_control_9465="))
        #expect(cookie.hasSuffix("; Path=/; HttpOnly; SameSite=Strict"))
        #expect(!cookie.contains(key))
        #expect(gate.open(key).status == 403)
        #expect(gate.open(nil).status == 403)
    }
}
