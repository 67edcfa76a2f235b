/// Commands that CI systems look for in what a job prints: GitHub's `::error::`, Azure's `##vso[...]` and `##[error]`,
/// TeamCity's `##teamcity[...]`.
enum CommandText {
    private static let colon = UInt8(ascii: ":")
    private static let hash = UInt8(ascii: "#")

    /// A line in which a space breaks what would be such a command. Other colons and hashes stay, as in `std::sort`.
    static func defused(_ line: String) -> String {
        guard line.utf8.contains(where: { $0 == colon || $0 == hash }) else { return line }
        let bytes = Array(line.utf8)
        var defused: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            defused.append(byte)
            if begins(bytes[index...]), isColonCommand(bytes, index) || isHashCommand(bytes, index) {
                defused.append(0x20)
            }
        }
        return defused.count == bytes.count ? line : String(decoding: defused, as: UTF8.self)
    }

    private static func begins(_ rest: ArraySlice<UInt8>) -> Bool {
        guard let first = rest.first, first == colon || first == hash else { return false }
        return rest.dropFirst().first == first
    }

    /// `::name ...::` where a word begins: a table or a paragraph may put it at the beginning of a line.
    private static func isColonCommand(_ bytes: [UInt8], _ index: Int) -> Bool {
        guard bytes[index] == colon, index == 0 || bytes[index - 1] == 0x20 else { return false }
        let rest = bytes[(index + 2)...]
        guard let letter = rest.first, isLetter(letter) else { return false }
        return zip(rest, rest.dropFirst()).contains { $0 == colon && $1 == colon }
    }

    /// `##name[`, anywhere.
    private static func isHashCommand(_ bytes: [UInt8], _ index: Int) -> Bool {
        guard bytes[index] == hash else { return false }
        return bytes[(index + 2)...].first { !isLetter($0) } == UInt8(ascii: "[")
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
