/// User and password in URLs, as in `http://user:password@host`.
enum URLCredentials {
    private static let sign = Array("://".utf8)
    private static let ends = Set("/?#\\\"'<> ".utf8)

    /// Where they stand in a text.
    static func places(in layer: DecodedText) -> [Range<Int>] {
        let bytes = layer.bytes
        guard bytes.contains(UInt8(ascii: "@")) else { return [] }
        var places: [Range<Int>] = []
        for index in bytes.indices where bytes[index...].starts(with: sign) {
            let start = index + sign.count
            let authority = bytes[start...].prefix { $0 > 0x20 && !ends.contains($0) }
            guard let at = authority.lastIndex(of: UInt8(ascii: "@")), at > start else { continue }
            places.append(layer.places[start].lowerBound..<layer.places[at - 1].upperBound)
        }
        return places
    }
}
