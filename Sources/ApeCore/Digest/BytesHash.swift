/// A fast hash of 64 bits, the same on every host: it tells bytes apart that nobody makes collide on purpose.
package enum BytesHash {
    /// The hash of bytes, which are read where they are.
    ///
    /// Each step multiplies two words to 128 bits and folds the halves, as wyhash does; two chains of steps go on side by
    /// side, 32 bytes at a time.
    package static func of(_ bytes: [UInt8]) -> UInt64 {
        bytes.withUnsafeBytes { buffer in
            var (left, right) = (keys.0, keys.1)
            var place = 0
            while place + 32 <= buffer.count {
                left = folded(word(buffer, place) ^ keys.2, word(buffer, place + 8) ^ left)
                right = folded(word(buffer, place + 16) ^ keys.3, word(buffer, place + 24) ^ right)
                place += 32
            }
            while place + 8 <= buffer.count {
                left = folded(word(buffer, place) ^ keys.3, left ^ keys.2)
                place += 8
            }
            let last = buffer[place...].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            right = folded(last ^ keys.2, right ^ UInt64(buffer.count))
            return folded(left ^ keys.1, right ^ keys.3)
        }
    }

    /// The hash of texts that stand one behind the other. It depends on where they are cut.
    package static func of(_ parts: [[UInt8]]) -> UInt64 {
        parts.reduce(keys.0) { folded($0 ^ keys.1, of($1) ^ keys.2) }
    }

    private static func word(_ buffer: UnsafeRawBufferPointer, _ place: Int) -> UInt64 {
        UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }

    private static func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (high, low) = left.multipliedFullWidth(by: right)
        return high ^ low
    }

    /// Odd numbers with as many ones as zeros, of wyhash.
    private static let keys: (UInt64, UInt64, UInt64, UInt64) = (
        0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db, 0x8ebc_6af0_9c88_c6e3, 0x5899_65cc_7537_4cc3
    )
}
