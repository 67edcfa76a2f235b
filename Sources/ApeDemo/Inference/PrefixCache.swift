/// Which beginnings of prompts were seen lately, as a prefix cache of a real endpoint knows them: by block, each known
/// by all that stands before it, the least recently used forgotten first.
///
/// It is a table of sets of eight entries, each a cache line: a block is looked up and made the first of its set in one.
/// A lock is held for that alone, and never for two blocks at a time.
final class PrefixCache: Sendable {
    /// The bytes of a block. What is left at the end of a conversation is in none.
    static let blockBytes = 128
    /// The blocks that are remembered: those of a thousand conversations take an eighth, so that hardly a set overflows.
    static let capacity = 262_144
    private static let ways = 8
    private static let factor: UInt64 = 0x9e37_79b9_7f4a_7c15
    private static let setMask = UInt64(capacity / ways - 1)

    private let sets = Striped { [UInt64](repeating: 0, count: capacity / Striped<[UInt64]>.count) }

    /// The bytes of a prompt's blocks.
    struct Match: Equatable {
        /// Those that stood at the beginning of an earlier prompt too.
        var known = 0
        /// Those that are remembered from now on.
        var new = 0
    }

    /// Looks a prompt up by its parts, and remembers it.
    func take(_ body: [UInt8], _ parts: ModelRequest.PromptParts) -> Match {
        var match = Match()
        var hash: UInt64 = 1
        body.withUnsafeBytes { bytes in
            for part in [parts.tools, parts.system, parts.conversation] {
                guard let part else { continue }
                var start = part.lowerBound
                while start + Self.blockBytes <= part.upperBound {
                    hash = Self.hash(bytes, at: start, hash)
                    count(Self.blockBytes, hash, &match)
                    start += Self.blockBytes
                }
                // What is left of the conversation goes on in the next request; that of the other parts is theirs.
                guard part != parts.conversation, start < part.upperBound else { continue }
                for byte in bytes[start..<part.upperBound] { hash = (hash ^ UInt64(byte)) &* Self.factor }
                count(part.upperBound - start, hash, &match)
            }
        }
        return match
    }

    private func count(_ bytes: Int, _ hash: UInt64, _ match: inout Match) {
        let isKnown = touch(hash)
        if isKnown, match.new == 0 { match.known += bytes } else { match.new += bytes }
    }

    /// Makes a block the first of its set, and tells whether it was there.
    private func touch(_ hash: UInt64) -> Bool {
        let set = Int(hash & Self.setMask)
        return sets.withLock(set) { entries in
            let first = set / Striped<[UInt64]>.count * Self.ways
            let last = first + Self.ways - 1
            var place = first
            while place < last, entries[place] != hash { place += 1 }
            let isKnown = entries[place] == hash
            while place > first {
                entries[place] = entries[place - 1]
                place -= 1
            }
            entries[first] = hash
            return isKnown
        }
    }

    /// A hash of the block at `start` and all before it. Four rows of words that do not wait for one another make it
    /// three times as quick.
    private static func hash(_ bytes: UnsafeRawBufferPointer, at start: Int, _ before: UInt64) -> UInt64 {
        var rows: (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
        for offset in stride(from: start, to: start + blockBytes, by: 32) {
            rows.0 = mix(rows.0, bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            rows.1 = mix(rows.1, bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
            rows.2 = mix(rows.2, bytes.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self))
            rows.3 = mix(rows.3, bytes.loadUnaligned(fromByteOffset: offset + 24, as: UInt64.self))
        }
        return mix(mix(before, rows.0 &+ rows.1), mix(rows.2, rows.3))
    }

    private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word).multipliedFullWidth(by: factor)
        return product.high ^ product.low
    }
}
