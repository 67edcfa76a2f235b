/// Reads the `Cookie` header (RFC 6265): `name=value` pairs, separated by semicolons.
enum CookieHeader {
    /// The value of the cookie `name`; nil where there is none.
    static func value(_ name: String, in header: String) -> String? {
        var header = header
        return header.withUTF8 { header in
            for pair in header.split(separator: UInt8(ascii: ";")) {
                let trimmed = pair.drop { $0 == UInt8(ascii: " ") }
                guard trimmed.starts(with: name.utf8) else { continue }
                let rest = trimmed.dropFirst(name.utf8.count)
                if rest.first == UInt8(ascii: "=") { return String(decoding: rest.dropFirst(), as: UTF8.self) }
            }
            return nil
        }
    }
}
