import ApeCore
import ApeInference
import ApeTransfer

/// Where a request goes: a target, the path on it, and the whole URL.
struct TargetAddress: Equatable {
    /// The target's place in the scenario.
    var target: Int
    /// With its query, as checks see it: percent-encoded, and without the path of the target's own URL.
    var path: String
    /// The same as it was written, by which its route is known.
    var plainPath: String
    var url: String
}

extension RequestBuilder {
    /// Finds out where an address leads that an application gave, such as a captured `Location`: a path, a whole URL, or
    /// what is relative to the URL that answered with it (RFC 3986, section 5).
    ///
    /// - Parameters:
    ///   - reference: the address.
    ///   - url: the URL that answered with it; empty where that is not known.
    ///   - target: the target that the request is meant for. A whole URL of another target goes to that one.
    /// - Returns: where it leads.
    /// - Throws: ``ApeError`` of code `invalid_call` that names an origin that is no target's.
    func address(
        _ reference: String,
        from url: String,
        target: Int
    ) throws(ApeError) -> TargetAddress {
        let meant = targets[target]
        let base = URLParts(url).flatMap { answered in
            meant.place.map { answered.hasSameOrigin(as: $0) } ?? false ? url : nil
        }
        let host = reference.hostPart
        let text = String(host) + PercentEncoding.path(String(reference.dropFirst(host.count).prefix { $0 != "#" }))
        guard !text.isEmpty, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }),
            let parts = URLParts(text, relativeTo: base ?? meant.baseURL + "/")
        else {
            throw ApeError(.invalidCall, "`\(reference.prefix(80).filter { !$0.isNewline })` is no address")
        }
        let whole = parts.text.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        let path = "/" + (whole.count > 3 ? whole[3] : "")
        let origin = whole.prefix(3).joined(separator: "/")
        let places = [target] + targets.indices
        let same = places.filter { targets[$0].place.map(parts.hasSameOrigin) ?? false }
        for place in same {
            let prefix = targets[place].pathPrefix
            guard let rest = path.behind(prefix) else { continue }
            return TargetAddress(target: place, path: rest, plainPath: rest, url: targets[place].baseURL + rest)
        }
        guard let place = same.first else {
            throw ApeError(
                .invalidCall,
                "`\(reference.prefix(80))` leads to \(origin), which is no target of the scenario"
            )
        }
        return TargetAddress(target: place, path: path, plainPath: path, url: origin + path)
    }
}

extension PreparedTarget {
    /// The path that stands before those of all requests; empty, or `/` and more.
    fileprivate var pathPrefix: Substring {
        let parts = baseURL.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.count > 3 ? baseURL.suffix(parts[3].count + 1) : ""
    }
}

extension String {
    /// Scheme and host, as far as an address has them.
    fileprivate var hostPart: Substring {
        guard let start = hasPrefix("//") ? startIndex : firstRange(of: "://")?.lowerBound else { return "" }
        let path = self[start...].drop { $0 == ":" || $0 == "/" }
        let isScheme = self[..<start].allSatisfy { $0.isLetter }
        return isScheme ? self[..<(path.firstIndex { "/?#".contains($0) } ?? endIndex)] : ""
    }

    /// What stands behind a prefix of the path, from a slash on; nil for a path outside of it.
    fileprivate func behind(_ prefix: Substring) -> String? {
        guard hasPrefix(prefix) else { return nil }
        let rest = dropFirst(prefix.count)
        if rest.isEmpty || rest.first == "?" { return "/" + rest }
        return rest.first == "/" ? String(rest) : nil
    }
}
