/// SHA-256 (FIPS 180-4, section 6.2) of what a report names by its content. Nothing secret hangs on it: what proves who
/// somebody is goes through the distribution's own libcrypto.
package enum SHA256 {
    /// The hash in 64 hexadecimal digits.
    package static func hex(of bytes: [UInt8]) -> String {
        var state = initial
        var schedule = [UInt32](repeating: 0, count: 64)
        for start in stride(from: 0, to: bytes.count - blockBytes + 1, by: blockBytes) {
            compress(bytes[start..<start + blockBytes], &state, &schedule)
        }
        let padded = padding(of: bytes)
        for start in stride(from: 0, to: padded.count, by: blockBytes) {
            compress(padded[start..<start + blockBytes], &state, &schedule)
        }
        return Hexadecimal.text(
            of: state.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } }
        )
    }

    private static let blockBytes = 64

    /// The last, unfilled block with the padding that ends in the message's length in bits.
    private static func padding(of bytes: [UInt8]) -> [UInt8] {
        var last = Array(bytes[(bytes.count / blockBytes * blockBytes)...])
        last.append(0x80)
        while last.count % blockBytes != blockBytes - 8 { last.append(0) }
        let bits = UInt64(bytes.count) << 3
        for shift in stride(from: 56, through: 0, by: -8) {
            last.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        return last
    }

    private static func compress(_ block: ArraySlice<UInt8>, _ state: inout [UInt32], _ w: inout [UInt32]) {
        for index in 0..<16 {
            let at = block.startIndex + 4 * index
            w[index] =
                UInt32(block[at]) << 24 | UInt32(block[at + 1]) << 16 | UInt32(block[at + 2]) << 8
                | UInt32(block[at + 3])
        }
        for index in 16..<64 {
            let (left, right) = (w[index - 15], w[index - 2])
            let first = rotated(left, 7) ^ rotated(left, 18) ^ left >> 3
            let second = rotated(right, 17) ^ rotated(right, 19) ^ right >> 10
            w[index] = w[index - 16] &+ first &+ w[index - 7] &+ second
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<64 {
            let choice = (e & f) ^ (~e & g)
            let majority = (a & b) ^ (a & c) ^ (b & c)
            let first = h &+ (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) &+ choice &+ constants[index] &+ w[index]
            let second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ majority
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
        for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
    }

    private static func rotated(_ word: UInt32, _ places: UInt32) -> UInt32 {
        word >> places | word << (32 - places)
    }

    private static let initial: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]

    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}

extension JSONValue {
    /// The SHA-256 of the value as it is written, in 64 hexadecimal digits. The order of members counts.
    package var sha256: String { SHA256.hex(of: utf8) }
}
