import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import ApeDemo

@Suite("The waits of a thread's requests")
struct DemoTimersTests {
    /// When 50 connections got the answers to their two requests, of which every fifth left before the first.
    private func flushes(isShared: Bool) throws -> [[Int64]] {
        let shop = DemoShop(configuration: .init())
        let loop = EmbeddedEventLoop()
        let timers = DemoTimers(loop)
        let peers = try (0..<50).map { _ in
            try DemoPeer(shop, on: loop, timers: isShared ? timers : DemoTimers(loop))
        }
        for peer in peers { for _ in 0..<2 { peer.ask(.GET, "/api/products") } }
        loop.run()
        for (number, peer) in peers.enumerated() where number % 5 == 0 { peer.leave() }
        loop.advanceTime(by: .hours(1))
        return try peers.enumerated().filter { $0.offset % 5 != 0 }.map { _, peer in
            _ = try peer.reply()
            return try peer.reply().flushes
        }
    }

    @Test("Each ends at its own time, whoever else waits or gives up")
    func sharing() throws {
        let shared = try flushes(isShared: true)
        #expect(try shared == flushes(isShared: false))
        #expect(shared.count == 40 && shared.allSatisfy { $0.count == 2 && $0[0] > 1_000 && $0[1] > $0[0] + 1_000 })
        #expect(Set(shared.map { $0[0] }).count > 35)
    }
}
