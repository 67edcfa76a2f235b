import ApeCore
import Synchronization

/// Who may control a program over HTTP: whoever has its token, and browsers that opened a link which is good once.
package final class ControlRights: Sendable {
    /// How long a link is good that nobody opens.
    static let linkLife: Duration = .seconds(600)
    /// Links that wait to be opened, and browsers that opened one; for a further one the oldest goes.
    static let maximumKeys = 32
    /// Wrong tokens that one address may send at once, and how many more in a second after that.
    static let tries = (burst: 20.0, perSecond: 1.0)
    /// Addresses whose wrong tokens are counted apart; all others are counted together.
    static let maximumAddresses = 256

    /// What a request's credentials come to.
    enum Standing: Sendable, Equatable {
        /// With the token.
        case token
        /// With the cookie of a browser that opened a link.
        case cookie
        case none
        /// With a token that is not the one.
        case wrong
        /// Its address sent so many wrong tokens that none of it is looked at for now.
        case limited
    }

    private struct Tries {
        var left = ControlRights.tries.burst
        var at: ContinuousClock.Instant
    }

    private struct State: Sendable {
        /// In the order of making.
        var links: [(key: [UInt8], until: ContinuousClock.Instant)] = []
        var browsers: [[UInt8]] = []
        var tries: [String: Tries] = [:]

        /// Keeps what an address has left; one that has all of it need not be kept.
        mutating func note(_ tries: Tries, of name: String) {
            self.tries[name] = tries.left < ControlRights.tries.burst ? tries : nil
        }
    }

    private let token: Secret
    private let state = Mutex(State())

    /// - Parameter token: the secret; nil for a new one of 256 bits.
    package init(token: Secret? = nil) {
        self.token = token ?? Secret(Self.key())
    }

    /// The secret as text, for the file that its owner alone can read.
    package var tokenText: String { token.revealed() }

    /// A link that lets the first browser that opens it control the program.
    package func link(at address: HostPort) -> String {
        let key = Self.key()
        let until = ContinuousClock.now + Self.linkLife
        state.withLock { state in
            state.links.append((key, until))
            state.links = state.links.suffix(Self.maximumKeys)
        }
        // Where a server listens on every address, this machine is one of them.
        let everywhere = ["0.0.0.0": "127.0.0.1", "::": "::1"]
        let reached = HostPort(host: everywhere[address.host] ?? address.host, port: address.port)
        return "\(reached.url)/open?key=\(String(decoding: key, as: UTF8.self))"
    }

    /// Opens a link.
    ///
    /// - Returns: the value of the browser's cookie; nil where the link was opened before, or is too old.
    func open(_ key: String, at now: ContinuousClock.Instant = .now) -> String? {
        let asked = Array(key.utf8)
        let fresh = Self.key()
        let isGood = state.withLock { state -> Bool in
            state.links.removeAll { $0.until <= now }
            let count = state.links.count
            state.links.removeAll { Self.areEqual($0.key, asked) }
            guard state.links.count < count else { return false }
            state.browsers.append(fresh)
            state.browsers = state.browsers.suffix(Self.maximumKeys)
            return true
        }
        return isGood ? String(decoding: fresh, as: UTF8.self) : nil
    }

    /// What a request may do.
    func standing(
        of credentials: HTTPCredentials,
        cookie: String,
        at now: ContinuousClock.Instant = .now
    ) -> Standing {
        let cookies = credentials.cookie(cookie)
        if !cookies.isEmpty {
            let browsers = state.withLock { $0.browsers }
            let isKnown = cookies.map { cookie in browsers.map { Self.areEqual($0, cookie) }.contains(true) }
            if isKnown.contains(true) { return .cookie }
        }
        guard !credentials.authorizations.isEmpty else { return .none }
        return state.withLock { state in
            let name = Self.name(credentials.peer, in: state.tries)
            var tries = state.tries[name] ?? Tries(at: now)
            let waited = (now - tries.at) / .seconds(1)
            (tries.left, tries.at) = (min(Self.tries.burst, tries.left + max(0, waited) * Self.tries.perSecond), now)
            defer { state.note(tries, of: name) }
            guard tries.left >= 1 else { return .limited }
            if let bearer = credentials.bearer, Self.areEqual(bearer, token.revealedBytes()) { return .token }
            tries.left -= 1
            return .wrong
        }
    }

    /// Under which name an address's tries are counted.
    private static func name(_ peer: String, in tries: [String: Tries]) -> String {
        tries[peer] != nil || tries.count < maximumAddresses ? peer : ""
    }

    /// Compares in a time that does not tell where two differ.
    static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        var difference: UInt8 = 0
        for index in one.indices { difference |= one[index] ^ other[index] }
        return difference == 0
    }

    /// 256 random bits, as hexadecimal digits.
    private static func key() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return Array(Hexadecimal.text(of: (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }).utf8)
    }
}
