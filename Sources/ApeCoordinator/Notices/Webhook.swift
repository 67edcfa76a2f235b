import ApeChannel
import ApeCore

/// A place that is told of events, by the scheme of Standard Webhooks: https://www.standardwebhooks.com.
package struct Webhook: Sendable, Equatable {
    /// What it is sent.
    enum Form: Sendable {
        /// The event, which programs read.
        case event
        /// A line of text, which a chat shows.
        case chat
    }

    let form: Form
    /// As it is asked for; its path and query may be what gives access.
    let url: String
    /// What of it may be shown: scheme, host and port.
    let place: String

    /// - Throws: ``ApeError`` of code `usage` that names where the URL was given, and repeats nothing of it.
    init(_ url: String, _ form: Form = .event, givenBy source: String) throws(ApeError) {
        let address = url.prefix { $0 != "?" }
        let query = url[address.endIndex...]
        do throws(ApeError) {
            let base = try BaseURL(String(address))
            guard query.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }) else {
                throw ApeError(.usage, "holds a fragment, or characters that a URL cannot hold")
            }
            (self.url, self.form) = (url, form)
            place = String(base.text.dropLast(base.path.utf8.count))
        } catch {
            throw ApeError(.usage, "\(source) \(error.message)")
        }
    }
}

/// What webhooks are signed with, so that whoever takes them knows who sent them.
package struct WebhookSecret: Sendable {
    /// What a secret begins with, so that it is known as one.
    static let prefix = "whsec_"
    static let lengths = 24...64

    private let key: [UInt8]

    /// - Parameters:
    ///   - text: Base64 of 24 to 64 bytes, with or without `whsec_` before it.
    ///   - source: where it was given.
    /// - Throws: ``ApeError`` of code `usage` that repeats nothing of it.
    package init(_ text: String, givenBy source: String) throws(ApeError) {
        let digits = text.hasPrefix(Self.prefix) ? String(text.dropFirst(Self.prefix.count)) : text
        guard let key = Base64.bytes(of: digits), Self.lengths.contains(key.count) else {
            throw ApeError(
                .usage,
                "\(source): the secret is not Base64 of \(Self.lengths.lowerBound) to \(Self.lengths.upperBound) bytes: "
                    + "make one with: echo \"whsec_$(openssl rand -base64 32)\""
            )
        }
        self.key = key
    }

    /// The value of `webhook-signature`: over identifier, time of sending and body.
    func signature(of id: String, seconds: Int64, _ body: [UInt8]) -> String {
        let signed = Array("\(id).\(seconds).".utf8) + body
        return "v1," + Base64.text(of: HMAC.sha256(key: key, message: signed))
    }
}
