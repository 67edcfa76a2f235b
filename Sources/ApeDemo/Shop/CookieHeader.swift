/// Reads the `Cookie` header (RFC 6265): `name=value` pairs, separated by semicolons.
enum CookieHeader {
    /// The value of the cookie `name`; nil where there is none.
    static func value(_ name: String, in header: String) -> String? {
        for pair in header.split(separator: ";") {
            let trimmed = pair.drop { $0 == " " }
            guard trimmed.hasPrefix(name), trimmed.dropFirst(name.count).first == "=" else { continue }
            return String(trimmed.dropFirst(name.count + 1))
        }
        return nil
    }
}
