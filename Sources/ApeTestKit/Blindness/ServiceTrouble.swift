import ApeMetrics

/// What goes wrong with a simulated target or model.
package struct ServiceTrouble: Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// No answer comes out: those that are caught in it come once it is over, or never.
        case hang(answersLater: Bool)
        /// The process dies: what is in flight is reset, what comes later is refused.
        case death
        /// So many requests of others come beside those of the fleet.
        case flood(requests: Int)
        /// Answers take so many times as long.
        case slow(factor: Double)
        /// This share of requests is answered at once with a status that says no. 401 goes only to those that carry
        /// something that was received.
        case refusal(status: Int, share: Double)
    }

    package var kind: Kind
    /// When, in microseconds of true time.
    package var micros: Range<Int64>

    package init(kind: Kind, micros: Range<Int64>) {
        self.kind = kind
        self.micros = micros
    }

    /// Whether it fails requests, rather than only to delay them.
    package var fails: Bool {
        switch kind {
        case .hang(let answersLater): !answersLater
        case .death, .refusal: true
        case .flood, .slow: false
        }
    }

    package var description: String {
        let from = Double(micros.lowerBound) / 1_000_000
        return "\(kind) from \(from) s for \(Double(micros.upperBound - micros.lowerBound) / 1_000_000) s"
    }
}
