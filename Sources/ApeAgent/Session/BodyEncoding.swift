import ApeCore

/// How a body is sent: a form where the content type asks for one, a text as it stands, anything else as JSON.
enum BodyEncoding {
    private static let form = "application/x-www-form-urlencoded"

    static func bytes(of body: JSONValue, type: String?) -> [UInt8] {
        if let type, type.lowercased().hasPrefix(form), case .object(let members) = body {
            let pairs = members.map { member in
                let value = member.value.scalarText ?? member.value.text
                return PercentEncoding.component(member.key) + "=" + PercentEncoding.component(value)
            }
            return Array(pairs.joined(separator: "&").utf8)
        }
        if case .string(let text) = body { return Array(text.utf8) }
        return body.utf8
    }

    /// The content type where the request names none. A text that begins like JSON is taken for it.
    static func type(of body: JSONValue) -> String {
        guard case .string(let text) = body else { return "application/json" }
        let first = text.utf8.first { $0 > 0x20 }
        let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        return isJSON ? "application/json" : "text/plain; charset=utf-8"
    }
}
