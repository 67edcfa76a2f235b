import ApeCore
import ApeFleet
import ApeRun

/// A run that searches: each try is judged once all of it is stored, and what it came to decides on the next.
extension CoordinatorLoop {
    /// Judges the tries so far, tells of the last, and goes on or ends.
    func judgeTry() {
        let ledger = record.ledger
        let rules = JudgingRules(configuration.scenario, strict: configuration.isStrict)
        guard let progress = CapacityProgress(ledger, rules: rules) else { return }
        if let sentence = progress.sentence { display.tell(sentence, level: .info) }
        handle(.judged(next: progress.next))
    }
}

extension FleetFact {
    /// Whether it says that a try can be judged.
    var isTried: Bool { if case .tried = kind { true } else { false } }
}
