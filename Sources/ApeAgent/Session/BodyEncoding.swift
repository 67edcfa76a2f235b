import ApeCore
import ApeInference

/// A body as it is sent: a form where the content type asks for one, a text as it stands, anything else as JSON.
struct BodyEncoding {
    let bytes: [UInt8]
    /// The content type to send.
    let type: String

    /// - Parameters:
    ///   - body: its templates filled.
    ///   - type: the content type that the request names; nil where it names none.
    /// - Throws: ``ApeError`` of code `invalid_call` for a file that cannot be sent.
    init(_ body: JSONValue, type: String?) throws(ApeError) {
        let media = type?.prefix { $0 != ";" }.lowercased().trimmingSpaces
        switch (body, media) {
        case (.object(let members), "multipart/form-data"):
            let form = try MultipartForm(members)
            (bytes, self.type) = (form.bytes, form.type)
        case (.object(let members), "application/x-www-form-urlencoded"):
            let fields = try FormFields.fields(of: members, takesFiles: false)
            let pairs = fields.compactMap { field -> String? in
                guard case .text(let text) = field.content else { return nil }
                return PercentEncoding.component(field.name) + "=" + PercentEncoding.component(text)
            }
            (bytes, self.type) = (Array(pairs.joined(separator: "&").utf8), type ?? "")
        case (.string(let text), _): (bytes, self.type) = (Array(text.utf8), type ?? Self.type(of: text))
        default: (bytes, self.type) = (body.utf8, type ?? "application/json")
        }
    }

    /// The content type of a text whose request names none. What begins like JSON is taken for it.
    private static func type(of text: String) -> String {
        let first = text.utf8.first { $0 > 0x20 }
        let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        return isJSON ? "application/json" : "text/plain; charset=utf-8"
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        let start = drop { $0 == " " }
        return String(start.prefix { $0 != " " })
    }
}
