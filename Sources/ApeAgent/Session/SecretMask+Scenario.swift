import ApeCore
import ApeInference

extension SecretMask {
    /// Hides all that a scenario's requests prove with who asks.
    ///
    /// - Parameters:
    ///   - scenario: whose targets and endpoint are asked.
    ///   - apiKey: the endpoint's key, where the scenario names one.
    package init(_ scenario: Scenario, apiKey: Secret?) {
        self.init(scenario.inference, apiKey: apiKey)
        hideCredentials(of: scenario)
    }

    /// Names that hold one of these stand for secrets.
    private static let words = ["password", "passwd", "secret", "token", "key", "csrf", "session", "auth", "cookie"]

    /// Words among ``words`` that also stand in names of what is none, such as `author` and `keyboard`.
    private static let looseWords: Set = ["key", "session", "auth"]

    /// Whether what goes by this name, a value or a header, is a secret.
    static func isNameOfSecret(_ name: String) -> Bool {
        let lowered = name.lowercased()
        return words.contains { lowered.containsBytes(of: $0) }
    }

    /// Whether what an application calls so is a secret: it has names for much else.
    private static func isMemberOfSecret(_ name: String) -> Bool {
        let letters = name.lowercased().filter { $0.isLetter }
        return words.contains { !looseWords.contains($0) && letters.containsBytes(of: $0) }
            || ["apikey", "accesskey", "privatekey", "sessionid", "authorization"].contains { letters.hasSuffix($0) }
    }

    /// A text of this length is no word: parts of it give it away.
    private static let distinctiveBytes = 16

    /// Hides what is likely a secret: a long one with its parts, a short one, which may be a word, where it stands whole.
    mutating func hide(likelySecret text: String) {
        if text.utf8.count >= Self.distinctiveBytes { hide(secret: text) } else { hide(value: text) }
    }

    /// Hides what a header carries that proves who asks: `Bearer` and the like before it are no secret.
    mutating func hide(header name: String, _ value: String) {
        guard Self.isNameOfSecret(name) else { return }
        let isCookie = name.lowercased().hasSuffix("cookie")
        // Behind the first pair of a cookie that is set stands where and how long it is good for.
        let pairs = name.lowercased() == "set-cookie" ? value.prefix { $0 != ";" } : value[...]
        for part in pairs.split(whereSeparator: { " ;,".contains($0) }) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let secret = isCookie && pair.count == 2 ? pair[1] : part
            if secret.utf8.count > Self.longestScheme { hide(likelySecret: String(secret)) }
        }
    }

    /// Bytes of the longest word that says how one proves oneself, such as `Bearer` and `Digest`.
    private static let longestScheme = 6

    /// Hides what a scenario itself holds of credentials: headers of targets.
    private mutating func hideCredentials(of scenario: Scenario) {
        for header in scenario.targets.flatMap(\.headers) where !header.value.contains("{{") {
            hide(header: header.name, header.value)
        }
    }
}

extension SecretMask {
    /// Hides what a document of an application calls by the name of a secret.
    mutating func hideSecrets(of document: JSONValue) {
        switch document {
        case .object(let members):
            for member in members {
                if let text = member.value.string, Self.isMemberOfSecret(member.key) {
                    hide(likelySecret: text)
                } else {
                    hideSecrets(of: member.value)
                }
            }
        case .array(let elements): for element in elements { hideSecrets(of: element) }
        default: break
        }
    }
}
