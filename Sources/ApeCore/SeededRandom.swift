/// The random numbers of one run: everything random in an agent derives from (run seed, agent, session), so that a
/// session does the same wherever it runs.
///
/// The generator is SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators",
/// OOPSLA 2014): full period, one word of state, and any seed is a good one.
package struct SeededRandom: RandomNumberGenerator, Sendable, Equatable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// The stream of one agent's session.
    package init(seed: UInt64, agent: Int, session: Int) {
        var mixer = SeededRandom(seed: seed)
        mixer.state = mixer.next() ^ UInt64(bitPattern: Int64(agent))
        mixer.state = mixer.next() ^ UInt64(bitPattern: Int64(session))
        state = mixer.next()
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number in 0..<1.
    package mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }
}
