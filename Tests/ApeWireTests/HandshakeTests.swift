import ApeCore
import Testing

@testable import ApeWire

@Suite("Nonces, proofs and agent ranges")
struct HandshakeTests {
    @Test("A nonce is RFC 4648 base64 of its bytes")
    func nonce() throws {
        #expect(Nonce((0..<32).map { UInt8($0) }).text == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
        #expect(Nonce([UInt8](repeating: 0xFF, count: 32)).text == "//////////////////////////////////////////8=")
        #expect(Nonce(text: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=") != nil)
        #expect(Nonce(text: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8") == nil)
        #expect(Nonce(text: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH\n8=") == nil)
    }

    @Test("The two sides' proofs are over different words and nonces in different order")
    func proofs() {
        let (greet, hello) = (Nonce([UInt8](repeating: 1, count: 32)), Nonce([UInt8](repeating: 2, count: 32)))
        let echo: Authenticator = { key, message in key + message }
        let worker = HandshakeProof.worker(
            token: [],
            greetNonce: greet,
            helloNonce: hello,
            worker: "w",
            authenticator: echo
        )
        let coordinator = HandshakeProof.coordinator(
            token: [],
            greetNonce: greet,
            helloNonce: hello,
            worker: "w",
            authenticator: echo
        )
        #expect(unhex(worker) == "ape1/worker\n\(greet.text)\n\(hello.text)\nw")
        #expect(unhex(coordinator) == "ape1/coordinator\n\(hello.text)\n\(greet.text)\nw")
    }

    @Test("Proofs match only when equal")
    func matching() {
        #expect(HandshakeProof.matches("00ff", "00ff"))
        #expect(!HandshakeProof.matches("00ff", "00fe"))
        #expect(!HandshakeProof.matches("00f", "00ff"))
        #expect(!HandshakeProof.matches("", "00ff"))
    }

    private func unhex(_ text: String) -> String {
        let digits = text.compactMap(\.hexDigitValue)
        let bytes = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("Agent ranges behave as sets do")
    func rangesAreSets() {
        var random = SplitMix(state: 7)
        for _ in 0..<500 {
            let left = Set((0..<Int(random.next() % 30)).map { _ in Int(random.next() % 40) })
            let right = Set((0..<Int(random.next() % 30)).map { _ in Int(random.next() % 40) })
            let (mine, theirs) = (AgentRanges(left.map { $0...$0 }), AgentRanges(right.map { $0...$0 }))
            #expect(mine.count == left.count)
            #expect(Array(mine.agents) == left.sorted())
            #expect(Set(mine.union(theirs).agents) == left.union(right))
            #expect(Set(mine.intersection(theirs).agents) == left.intersection(right))
            #expect(Set(mine.subtracting(theirs).agents) == left.subtracting(right))
            #expect(Array(mine.prefix(5).agents) == Array(left.sorted().prefix(5)))
            #expect((0..<40).allSatisfy { mine.contains($0) == left.contains($0) })
            #expect(zip(mine.ranges, mine.ranges.dropFirst()).allSatisfy { $0.upperBound + 1 < $1.lowerBound })
        }
    }
}

private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
