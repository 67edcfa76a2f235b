import ApeCore
import Testing

@testable import ApeDemo

@Suite("Prefix cache of the simulated endpoint")
struct PrefixCacheTests {
    private func take(_ cache: PrefixCache, _ conversation: String, tools: String = "T") -> PrefixCache.Match {
        let body = Array((tools + conversation).utf8)
        return cache.take(
            body,
            .init(tools: 0..<tools.utf8.count, conversation: tools.utf8.count..<body.count)
        )
    }

    @Test("What a prompt shares with an earlier one from its beginning is known, by whole blocks")
    func sharedBeginning() {
        let cache = PrefixCache()
        let tools = String(repeating: "t", count: 200)
        let first = String(repeating: "a", count: 300)
        #expect(take(cache, first, tools: tools) == .init(known: 0, new: 200 + 256))
        #expect(take(cache, first, tools: tools) == .init(known: 200 + 256, new: 0))
        #expect(take(cache, first + String(repeating: "b", count: 84), tools: tools) == .init(known: 456, new: 128))
        // A byte that differs ends what is known, though what follows is the same.
        #expect(take(cache, "x" + first.dropFirst(), tools: tools) == .init(known: 200, new: 256))
        #expect(take(cache, first, tools: "u" + tools.dropFirst()) == .init(known: 0, new: 456))
        #expect(take(cache, first, tools: tools.dropLast() + "u") == .init(known: 128, new: 72 + 256))
    }

    @Test("A thousand conversations are remembered at once, and what nobody asks for is forgotten")
    func capacity() {
        let cache = PrefixCache()
        let shared = String(repeating: "s", count: 1280)
        func text(_ agent: Int) -> String { shared + String(repeating: "agent \(10_000 + agent) ", count: 384) }
        for agent in 0..<1000 { _ = take(cache, text(agent)) }
        let known = (0..<1000).map { take(cache, text($0)).known }
        #expect(known.count { $0 > 5800 } > 980)
        for agent in 1000..<12_000 { _ = take(cache, text(agent)) }
        #expect(take(cache, text(7)).known < 2560)
        #expect(take(cache, shared) == .init(known: 1281, new: 0))
    }
}
