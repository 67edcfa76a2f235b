import ApeCore
import ApeWire
import Testing

@testable import ApeFleet

@Suite("How agents are divided")
struct SplitTests {
    @Test("The largest remainders get what is left, the earlier worker where they are equal")
    func largestRemainder() {
        func shares(_ total: Int, _ weights: [Int]) -> [Int] {
            Split.shares(of: total, among: weights.map { Split.Room(weight: $0, limit: 1000) })
        }
        #expect(shares(10, [1, 1, 1]) == [4, 3, 3])
        #expect(shares(100, [8, 4, 1]) == [61, 31, 8])
        #expect(shares(7, [3, 2, 2]) == [3, 2, 2])
        #expect(shares(1, [5, 5]) == [1, 0])
        #expect(shares(0, [5, 5]) == [0, 0])
    }

    @Test("Nobody gets more than it takes, and what then fits nowhere is left over")
    func limits() {
        let rooms = [
            Split.Room(weight: 8, limit: 10), Split.Room(weight: 1, limit: 100), Split.Room(weight: 1, limit: 3),
        ]
        #expect(Split.shares(of: 50, among: rooms) == [10, 37, 3])
        #expect(Split.shares(of: 200, among: rooms) == [10, 100, 3])
        #expect(Split.shares(of: 5, among: []) == [])
    }

    @Test("Who gets no more than it has leaves the rest of its share to the others, who get it by weight")
    func bounds() {
        let rooms = [1, 1, 2].map { Split.Room(weight: $0, limit: 12) }
        func shares(_ most: [Int?]) -> [Int] { Split.shares(of: 20, among: rooms, atMost: most) }
        #expect(shares([nil, nil, nil]) == [5, 5, 10])
        #expect(shares([nil, 2, nil]) == [6, 2, 12])
        #expect(shares([0, 2, nil]) == [0, 2, 12])
        #expect(shares([3, 2, 1]) == [3, 2, 1])
        // Whose share is no more than it has costs the others nothing.
        #expect(shares([nil, 5, nil]) == [5, 5, 10])
        #expect(shares([9, 2, nil]) == [5, 2, 12])
    }

    @Test("Everybody keeps as much of its own as its share allows, every agent has one owner", arguments: 0..<200)
    func fewestMoves(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let total = Int.random(in: 1...60, using: &random)
        let rooms = (0..<Int.random(in: 1...6, using: &random)).map { _ in
            Split.Room(weight: Int.random(in: 1...8, using: &random), limit: Int.random(in: 1...40, using: &random))
        }
        // Some agents are nobody's, and some are beyond what is to be divided.
        var owned = [[ClosedRange<Int>]](repeating: [], count: rooms.count)
        for agent in 0..<(total + 10) {
            let owner = Int.random(in: -1..<rooms.count, using: &random)
            if owner >= 0 { owned[owner].append(agent...agent) }
        }
        let before = owned.map { AgentRanges($0) }
        let shares = Split.shares(of: total, among: rooms)
        let after = Split.divide(total, shares: shares, owned: before)
        let all = AgentRanges(0..<total)
        #expect(after.map(\.count) == shares)
        #expect(shares.reduce(0, +) == min(total, rooms.reduce(0) { $0 + $1.limit }))
        for (index, room) in rooms.enumerated() {
            #expect(shares[index] <= room.limit)
            let kept = before[index].intersection(after[index]).count
            #expect(kept == min(shares[index], before[index].intersection(all).count))
            #expect(after[index].subtracting(all).isEmpty)
            for other in after[..<index] { #expect(other.intersection(after[index]).isEmpty) }
        }
    }
}
