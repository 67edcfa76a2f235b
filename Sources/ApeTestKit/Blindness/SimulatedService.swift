import ApeCore
import ApeMetrics

/// A simulated target or model's endpoint: it answers after a while, but for its troubles. Times are microseconds of
/// true time.
package struct SimulatedService: Sendable {
    /// Requests that it answers at once without any of them taking longer.
    static let capacity = 60

    /// What becomes of one request.
    struct Reply: Sendable {
        enum Kind: Sendable, Equatable {
            case status(Int)
            case refused
            case reset
            /// Nothing ever comes.
            case none
        }

        var kind: Kind
        /// When the first byte comes; nil where none does.
        var firstMicros: Int64?
        /// When it is over; nil for never.
        var endMicros: Int64?
    }

    /// From a request to its first byte.
    package var latencyMicros: ClosedRange<Int64>
    /// From the first byte to the last.
    package var restMicros: ClosedRange<Int64>
    package var troubles: [ServiceTrouble] = []
    private var inFlight = 0
    /// Requests that were answered as they should be, by the second of true time in which they were.
    package private(set) var answered: [Int64: Int] = [:]

    init(latencyMicros: ClosedRange<Int64>, restMicros: ClosedRange<Int64>) {
        self.latencyMicros = latencyMicros
        self.restMicros = restMicros
    }

    /// Takes a request.
    ///
    /// - Parameters:
    ///   - now: true time.
    ///   - carriesReceived: whether something that an earlier answer gave is sent with it.
    ///   - random: where latencies come from.
    /// - Returns: what becomes of it.
    mutating func ask(at now: Int64, carriesReceived: Bool, _ random: inout SeededRandom) -> Reply {
        inFlight += 1
        let current = troubles.filter { $0.micros.contains(now) }
        var load = inFlight
        var factor = 1.0
        for trouble in current {
            switch trouble.kind {
            case .death: return Reply(kind: .refused, firstMicros: nil, endMicros: now + 500)
            case .refusal(let status, let share) where carriesReceived || status != 401:
                guard random.unit() < share else { continue }
                return settled(
                    Reply(kind: .status(status), firstMicros: now + 8_000, endMicros: now + 10_000),
                    from: now
                )
            case .flood(let requests): load += requests
            case .slow(let times): factor *= times
            case .hang, .refusal: break
            }
        }
        factor *= max(1, Double(load) / Double(Self.capacity))
        let first = now + Int64(factor * Double(Int64.random(in: latencyMicros, using: &random)))
        let end = first + Int64(factor * Double(Int64.random(in: restMicros, using: &random)))
        return settled(Reply(kind: .status(200), firstMicros: first, endMicros: end), from: now)
    }

    /// What hangs and deaths make of a reply.
    private func settled(_ reply: Reply, from now: Int64) -> Reply {
        var reply = reply
        for trouble in troubles.sorted(by: { $0.micros.lowerBound < $1.micros.lowerBound }) {
            guard let end = reply.endMicros, trouble.micros.lowerBound < end, now < trouble.micros.upperBound else {
                continue
            }
            let begins = max(now, trouble.micros.lowerBound)
            switch trouble.kind {
            case .hang(answersLater: true):
                let delay = trouble.micros.upperBound - begins
                if let first = reply.firstMicros, first > begins { reply.firstMicros = first + delay }
                reply.endMicros = end + delay
            case .hang(answersLater: false):
                reply = Reply(kind: .none, firstMicros: reply.firstMicros.flatMap { $0 > begins ? nil : $0 })
            case .death where trouble.micros.lowerBound > now:
                let first = reply.firstMicros.flatMap { $0 > begins ? nil : $0 }
                reply = Reply(kind: .reset, firstMicros: first, endMicros: begins)
            case .death, .flood, .slow, .refusal: break
            }
        }
        return reply
    }

    /// A request is over, for the service or for who asked.
    mutating func release(answeredAt micros: Int64?) {
        inFlight -= 1
        if let micros { answered[micros / 1_000_000, default: 0] += 1 }
    }
}
