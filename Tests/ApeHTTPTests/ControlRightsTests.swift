import ApeCore
import Testing

@testable import ApeHTTP

/// Who may control a program.
struct ControlRightsTests {
    private let rights = ControlRights(token: Secret("a token that nobody guesses"))
    private let now = ContinuousClock.now

    private func bearer(_ token: String, peer: String = "10.0.0.1") -> HTTPCredentials {
        HTTPCredentials(authorizations: ["Bearer \(token)"], peer: peer)
    }

    private func standing(_ credentials: HTTPCredentials, after seconds: Double = 0) -> ControlRights.Standing {
        rights.standing(of: credentials, cookie: "c", at: now + .seconds(seconds))
    }

    @Test func aTokenOfTheProgramsOwnHas256Bits() {
        let tokens = (0..<20).map { _ in ControlRights().tokenText }
        #expect(tokens.allSatisfy { $0.count == 64 && $0.allSatisfy(\.isHexDigit) })
        #expect(Set(tokens).count == 20)
    }

    @Test(arguments: [
        "Bearer a token that nobody guesses x", "Basic a", "Bearer", "Bearer ", "", "a",
        "Bearer a token that nobody guesse",
    ])
    func whatIsNotTheTokenIsWrong(field: String) {
        #expect(standing(HTTPCredentials(authorizations: [field])) == .wrong)
    }

    @Test func theTokenIsTakenUnderAnySpellingOfItsScheme() {
        let rights = ControlRights(token: Secret("0123456789abcdef"))
        for scheme in ["Bearer", "bearer", "BEARER"] {
            let field = HTTPCredentials(authorizations: ["\(scheme)  0123456789abcdef"])
            #expect(rights.standing(of: field, cookie: "c") == .token)
        }
        let twice = HTTPCredentials(authorizations: ["Bearer 0123456789abcdef", "Bearer 0123456789abcdef"])
        #expect(rights.standing(of: twice, cookie: "c") == .wrong)
        #expect(rights.standing(of: HTTPCredentials(), cookie: "c") == .none)
    }

    @Test func aThousandWrongTokensOfOneAddressHoldUpItAlone() {
        let rights = ControlRights(token: Secret("0123456789abcdef"))
        var outcomes: [ControlRights.Standing: Int] = [:]
        for number in 0..<1_000 {
            outcomes[rights.standing(of: bearer("wrong-\(number)"), cookie: "c", at: now), default: 0] += 1
        }
        #expect(outcomes == [.wrong: 20, .limited: 980])
        // The right one is not looked at either, or else tries would not be bounded.
        #expect(rights.standing(of: bearer("0123456789abcdef"), cookie: "c", at: now) == .limited)
        #expect(rights.standing(of: bearer("0123456789abcdef", peer: "10.0.0.2"), cookie: "c", at: now) == .token)
        #expect(rights.standing(of: bearer("0123456789abcdef"), cookie: "c", at: now + .seconds(1)) == .token)
        #expect(rights.standing(of: bearer("x"), cookie: "c", at: now + .seconds(1)) == .wrong)
        #expect(rights.standing(of: bearer("x"), cookie: "c", at: now + .seconds(1)) == .limited)
    }

    @Test func manyAddressesShareWhatIsLeft() {
        let rights = ControlRights(token: Secret("0123456789abcdef"))
        for number in 0..<10_000 { _ = rights.standing(of: bearer("x", peer: "\(number)"), cookie: "c", at: now) }
        #expect(rights.standing(of: bearer("x", peer: "one more"), cookie: "c", at: now) == .limited)
        #expect(rights.standing(of: bearer("x", peer: "0"), cookie: "c", at: now) == .wrong)
    }

    @Test func aLinkIsGoodOnceAndForTenMinutes() throws {
        let link = rights.link(at: HostPort(host: "0.0.0.0", port: 9465))
        #expect(link.hasPrefix("http://127.0.0.1:9465/open?key="))
        let key = String(link.split(separator: "=")[1])
        #expect(rights.open("") == nil)
        #expect(rights.open(String(key.dropLast())) == nil)
        let value = try #require(rights.open(key))
        #expect(rights.open(key) == nil)
        #expect(standing(HTTPCredentials(cookies: ["a=b; c=\(value)"])) == .cookie)
        #expect(standing(HTTPCredentials(cookies: ["c=x; c=\(value)"])) == .cookie)
        #expect(standing(HTTPCredentials(cookies: ["cc=\(value)", "c=", "c=\(key)"])) == .none)
        let late = String(rights.link(at: HostPort(host: "::", port: 1)).split(separator: "=")[1])
        #expect(rights.open(late, at: .now + .seconds(601)) == nil)
    }

    @Test func linksThatNobodyOpensAreBounded() {
        let links = (0..<100).map { _ in rights.link(at: HostPort(host: "127.0.0.1", port: 1)) }
        let opened = links.map { rights.open(String($0.split(separator: "=")[1])) }
        #expect(opened.map { $0 != nil } == Array(repeating: false, count: 68) + Array(repeating: true, count: 32))
    }
}
