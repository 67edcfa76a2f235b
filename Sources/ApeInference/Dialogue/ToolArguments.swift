import ApeCore

/// The arguments of a tool call: the text that the model wrote, parsed once.
package struct ToolArguments: Sendable, Equatable {
    /// The longest text that is parsed, in bytes.
    package static let maximumBytes = 128 * 1024
    /// The longest text that is sent back to the model, in bytes.
    private static let maximumSentBytes = 8192

    private enum Parsed: Sendable, Equatable {
        case object(JSONObject)
        case otherValue(typeName: String)
        case blank
        case malformed(reason: String)
        case tooLong
    }

    /// As the model wrote them.
    package let text: String
    private let parsed: Parsed

    /// Parses what should be the text of a JSON object.
    package init(_ text: String) {
        self.init(text, utf8: Array(text.utf8))
    }

    /// Parses a text whose bytes are at hand.
    init(_ text: String, utf8: [UInt8]) {
        self.text = text
        if utf8.count > Self.maximumBytes {
            parsed = .tooLong
        } else if utf8.allSatisfy({ $0 <= 0x20 }) {
            parsed = .blank
        } else {
            do throws(ApeError) {
                parsed = Self.parsed(try JSONValue(parsing: utf8))
            } catch {
                parsed = .malformed(reason: error.message)
            }
        }
    }

    /// Takes arguments that were parsed with what stood around them.
    init(_ value: JSONValue) {
        switch value {
        case .string(let text): self.init(text)
        default: self.init(value, text: value.text)
        }
    }

    private init(_ value: JSONValue, text: String) {
        self.text = text
        parsed = text.utf8.count <= Self.maximumBytes ? Self.parsed(value) : .tooLong
    }

    private static func parsed(_ value: JSONValue) -> Parsed {
        value.object.map { .object($0) } ?? .otherValue(typeName: value.typeName)
    }

    /// The arguments by name; none where the text is blank.
    ///
    /// - Throws: ``ApeError`` of code `invalid_call` with a reason for the model.
    package func members() throws(ApeError) -> JSONObject {
        switch parsed {
        case .object(let members): return members
        case .blank: return [:]
        case .otherValue(let typeName):
            throw ApeError(.invalidCall, "the arguments must be a JSON object, not \(typeName)")
        case .malformed(let reason): throw ApeError(.invalidCall, "the arguments are not valid JSON: \(reason)")
        case .tooLong: throw ApeError(.invalidCall, "the arguments are longer than \(Self.maximumBytes) bytes")
        }
    }

    /// The text as it can be sent back: some servers refuse a conversation whose calls hold anything but JSON objects.
    var sentText: String {
        guard text.utf8.count <= Self.maximumSentBytes else { return "{}" }
        switch parsed {
        case .object: return text
        case .malformed: return isObjectWithRepeatedKeys ? text : "{}"
        case .otherValue, .blank, .tooLong: return "{}"
        }
    }

    /// Whether a malformed text is a JSON object all the same, and only names a member twice.
    private var isObjectWithRepeatedKeys: Bool {
        var scanner = JSONScanner(Array(text.utf8))
        return scanner.peek() == UInt8(ascii: "{") && (try? scanner.skipValue()) != nil
            && (try? scanner.finish()) != nil
    }
}
