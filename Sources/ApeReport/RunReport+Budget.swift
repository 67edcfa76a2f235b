import ApeCore
import ApeMetrics
import ApeRun

/// What is said of a run that ended because its budget was spent.
extension RunReport {
    static let budgetAdvice = "To run the whole plan raise inference.budget, or plan fewer agents or a shorter time."

    /// What was spent, and what was therefore not run.
    var budgetSentence: String {
        let limit = run.subject.budget.map { " of \(FigureText.cost($0))" } ?? ""
        let spent = tables.tokens.cost == nil ? "" : " (spent: \(tables.tokens.costText))"
        return "The budget\(limit) was spent\(spent), so the run ended\(unrunWords)"
    }

    /// What of the plan was not run, after "the run ended".
    var unrunWords: String {
        let (cut, unheld) = shortenedStages
        let holds = cut.map { stage in
            let held = DurationText.text(micros: Int64(stage.heldSeconds) * 1_000_000)
            return "stage \(stage.name) was held for \(held) of \(DurationText.text(micros: stage.plannedHoldMicros))"
        }
        let names = unheld.map(\.name).joined(separator: ", ")
        let missed = unheld.isEmpty ? [] : ["\(unheld.count.counting("stage")) not held at all (\(names))"]
        let words = holds + missed
        return words.isEmpty ? "." : " before its plan did: \(words.joined(separator: ", "))."
    }

    /// The stages whose holds were cut short, and those that were not held. An open stage has no end that it could miss.
    private var shortenedStages: (cut: [StageRow], unheld: [StageRow]) {
        let short = zip(tables.stages, ledger.stages).filter { $0.isCut && !$1.stage.isOpen }.map(\.0)
        return (short.filter { $0.heldSeconds > 0 }, short.filter { $0.heldSeconds == 0 })
    }
}
