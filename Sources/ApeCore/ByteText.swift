/// Sizes as people write and read them: `512 MiB`, `1.5GB`.
package enum ByteText {
    private static let units: [(name: String, bytes: Double)] = [
        ("TiB", 1_099_511_627_776), ("GiB", 1_073_741_824), ("MiB", 1_048_576), ("KiB", 1_024), ("TB", 1e12),
        ("GB", 1e9),
        ("MB", 1e6), ("kB", 1e3), ("KB", 1e3), ("B", 1),
    ]

    /// A number with its unit as bytes; nil for what is none.
    package static func bytes(_ text: String) -> Double? {
        let text = text.filter { $0 != " " }
        guard let unit = units.first(where: { text.hasSuffix($0.name) }) else { return nil }
        let digits = text.dropLast(unit.name.count)
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let value = Double(digits), value * unit.bytes <= 1e15
        else { return nil }
        return value * unit.bytes
    }

    /// Such as `1.5 GiB`.
    package static func text(_ bytes: Double) -> String {
        let unit = units.prefix(4).first { abs(bytes) >= $0.bytes } ?? ("B", 1)
        return Decimals.text(bytes / unit.bytes, places: unit.bytes == 1 ? 0 : 1) + " " + unit.name
    }
}
