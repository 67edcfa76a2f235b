import ApeCore
import ApeRun

extension RunReport {
    /// What never came of that which the holds began; nil where everything did.
    var drainSentence: String? {
        let drain = ledger.stages.reduce(into: Drain()) { $0.add($1.drain) }
        guard drain.unansweredSessions > 0 else { return nil }
        return
            "Drain: \(drain.lateGaps) gaps of the holds were waited for after them, and \(drain.unansweredSessions) sessions "
            + "were never answered."
    }
}
