import ApeCore

/// What an endpoint says is wrong, in whatever form it says it: OpenAI's, Anthropic's, Google's list, FastAPI's
/// `detail`, or a bare message.
struct EndpointError: Equatable {
    /// The endpoint's own words, as long as they are.
    var message: String
    var code: String?
    /// Whether the body has the form of an error, and is not just any JSON.
    var isError: Bool

    private static let maximumMessageBytes = 400
    private static let maximumCodeBytes = 64
    /// Bytes that are looked through for secrets.
    private static let maximumReadBytes = 4096

    /// Reads an error from a body.
    ///
    /// - Returns: nil for what is no JSON.
    init?(body: [UInt8]) {
        // A body that was cut is JSON no more: its text still says what is wrong.
        guard let value = try? JSONValue(parsing: body) else { return nil }
        let document = value[0] ?? value
        let inner = document["error"]
        let error = inner?.object == nil ? document : inner ?? document
        isError =
            inner.map { $0 != .null && $0 != false } ?? (document["object"] == "error" || document["detail"] != nil)
        let words = inner?.string ?? Self.words(error["message"]) ?? Self.words(document["detail"])
        message = words ?? document.text
        // A word says more than a number.
        let codes = [error["code"] ?? document["code"], error["status"], error["type"]].compactMap(\.self)
        code = (codes.first { $0.string?.isEmpty == false } ?? codes.first).flatMap(Self.word)
    }

    private static func words(_ value: JSONValue?) -> String? {
        guard let value, value != .null else { return nil }
        return value.string ?? value.text
    }

    private static func word(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text) where !text.isEmpty: text
        case .integer(let number): String(number)
        default: nil
        }
    }

    /// A text of the endpoint's as a line of words of bounded length. Secrets are hidden first: a cut within one would
    /// leave what nobody knows again.
    static func line(_ text: String, hiding mask: SecretMask) -> String {
        cut(text, to: maximumMessageBytes, hiding: mask)
    }

    /// An endpoint's name for what is wrong, in the same way.
    static func word(_ text: String, hiding mask: SecretMask) -> String {
        cut(text, to: maximumCodeBytes, hiding: mask)
    }

    private static func cut(_ text: String, to bytes: Int, hiding mask: SecretMask) -> String {
        // What lies that far behind the cut is not seen.
        let beginning = String(decoding: text.utf8.prefix(maximumReadBytes), as: UTF8.self)
        let line = PlainText.line(mask.masked(beginning)).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.utf8.count <= bytes ? line : String(decoding: line.utf8.prefix(bytes), as: UTF8.self) + "..."
    }
}
