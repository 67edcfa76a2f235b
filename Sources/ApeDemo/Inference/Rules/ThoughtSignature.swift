import ApeCore

/// What a turn of the model carries so that the endpoint, which keeps nothing, can tell whether its reasoning came back
/// as it was.
enum ThoughtSignature {
    /// The signature of a turn: 32 hexadecimal digits of its reasoning and its call's identifier, FNV-1a twice.
    static func text(of reasoning: String, callID: String?) -> String {
        var (first, second): (UInt64, UInt64) = (0xcbf2_9ce4_8422_2325, 0x9ae1_6a3b_2f90_404f)
        for byte in [callID ?? "", reasoning].joined(separator: "\n").utf8 {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
            second = (second ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return Hexadecimal.text(of: first) + Hexadecimal.text(of: second)
    }
}
