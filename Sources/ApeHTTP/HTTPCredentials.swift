/// What a request says of who sends it.
struct HTTPCredentials: Sendable {
    /// Every `Authorization` field.
    var authorizations: [String] = []
    /// Every `Cookie` field.
    var cookies: [String] = []
    /// The page that sends it; browsers say so with every POST.
    var origin: String?
    /// How that page stands to the one asked (`Sec-Fetch-Site`), from browsers that say so.
    var fetchSite: String?
    /// The request's `Host`.
    var authority: String?
    /// The address that it comes from.
    var peer = ""

    /// Whether a page of another site sends it.
    var isForeign: Bool {
        if let origin {
            guard let authority else { return true }
            return !["http://\(authority)", "https://\(authority)"].contains { $0.lowercased() == origin.lowercased() }
        }
        return fetchSite.map { $0 != "same-origin" && $0 != "none" } ?? false
    }

    /// Whether a page of this very site sends it, as its browser says.
    var isOwn: Bool { !isForeign && (origin != nil || fetchSite == "same-origin") }

    /// The bearer token; nil where there is none, or more than one.
    var bearer: [UInt8]? {
        guard authorizations.count == 1, let field = authorizations.first else { return nil }
        let parts = field.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return Array(parts[1].utf8)
    }

    /// The values of a cookie, of which a browser may have several from hosts of one name.
    func cookie(_ name: String) -> [[UInt8]] {
        cookies.flatMap { $0.split(separator: ";") }.prefix(64).compactMap { pair in
            let sides = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            return sides.count == 2 && sides[0] == name ? Array(sides[1].utf8) : nil
        }
    }
}
