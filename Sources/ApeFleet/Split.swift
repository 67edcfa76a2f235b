import ApeWire

/// How agents are divided among workers.
enum Split {
    /// What one worker can take.
    struct Room: Sendable, Equatable {
        /// Its share in proportion to the others'.
        var weight: Int
        /// The most agents that it takes.
        var limit: Int
    }

    /// Divides `total` by weight and largest remainder, nobody beyond its limit; what then fits nowhere is left over.
    /// Where remainders are equal, the earlier worker gets the agent.
    static func shares(of total: Int, among rooms: [Room]) -> [Int] {
        var shares = [Int](repeating: 0, count: rooms.count)
        var open = rooms.indices.filter { rooms[$0].limit > 0 && rooms[$0].weight > 0 }
        var rest = total
        while !open.isEmpty, rest > 0 {
            let weights = open.reduce(0) { $0 + rooms[$1].weight }
            let full = open.filter { rest * rooms[$0].weight >= rooms[$0].limit * weights }
            guard full.isEmpty else {
                for index in full { shares[index] = rooms[index].limit }
                rest -= full.reduce(0) { $0 + rooms[$1].limit }
                let filled = Set(full)
                open.removeAll(where: filled.contains)
                continue
            }
            for index in open { shares[index] = rest * rooms[index].weight / weights }
            let over = rest - open.reduce(0) { $0 + shares[$1] }
            let byRemainder = open.sorted {
                let (left, right) = (rest * rooms[$0].weight % weights, rest * rooms[$1].weight % weights)
                return left == right ? $0 < $1 : left > right
            }
            for index in byRemainder.prefix(over) { shares[index] += 1 }
            rest = 0
        }
        return shares
    }

    /// Divides as ``shares(of:among:)`` does, with some who get no more than `most` says; what their shares lack goes to
    /// the others, for whom it says nothing.
    static func shares(of total: Int, among rooms: [Room], atMost most: [Int?]) -> [Int] {
        var shares = shares(of: total, among: rooms)
        guard zip(shares, most).contains(where: { $0 > $1 ?? .max }) else { return shares }
        var others = rooms
        for (index, most) in most.enumerated() {
            guard let most else { continue }
            shares[index] = min(shares[index], most)
            others[index].limit = 0
        }
        let bound = zip(shares, most).reduce(0) { $1.1 == nil ? $0 : $0 + $1.0 }
        let rest = self.shares(of: total - bound, among: others)
        for index in rooms.indices where most[index] == nil { shares[index] = rest[index] }
        return shares
    }

    /// Gives the agents `0..<total` to owners by their shares, each keeping as many of its own as it may: the fewest
    /// agents move, and what is free goes out in the longest runs of numbers.
    ///
    /// - Precondition: no two owners have an agent in common.
    static func divide(_ total: Int, shares: [Int], owned: [AgentRanges]) -> [AgentRanges] {
        let all = AgentRanges(0..<total)
        var owned = zip(owned, shares).map { $0.intersection(all).prefix($1) }
        var free = all.subtracting(AgentRanges(owned.flatMap(\.ranges))).ranges[...]
        for index in owned.indices {
            var room = shares[index] - owned[index].count
            var taken: [ClosedRange<Int>] = []
            while room > 0, let range = free.first {
                free.removeFirst()
                let size = min(room, range.count)
                taken.append(range.lowerBound...(range.lowerBound + size - 1))
                if size < range.count { free = [(range.lowerBound + size)...range.upperBound] + free }
                room -= size
            }
            if !taken.isEmpty { owned[index] = owned[index].union(AgentRanges(taken)) }
        }
        return owned
    }
}
