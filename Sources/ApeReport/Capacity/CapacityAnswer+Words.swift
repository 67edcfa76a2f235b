import ApeCore
import ApeMetrics
import ApeRun

/// What a search came to, in sentences.
extension CapacityAnswer {
    /// The answer, or that there is none.
    package var sentence: String {
        if let level {
            guard let high else {
                return "Capacity: at least \(search.words(level)): no try failed up to the greatest of the search."
            }
            return "Capacity: \(search.words(level)) (\(low.map(search.digits) ?? "0") to \(search.digits(high)))."
        }
        let answer = status == .fail ? "Capacity: none. \(reason ?? "")" : "Capacity: unknown. \(reason ?? "")"
        guard status == .inconclusive else { return answer }
        let parts = [low.map { "\(search.words($0)) pass" }, high.map { "\(search.words($0)) fail" }].compactMap { $0 }
        return parts.isEmpty ? answer : answer + " So far \(parts.joined(separator: ", and "))."
    }

    /// What bound it and whose doing that was; nil where nothing did.
    package var boundSentence: String? {
        guard let bound, let boundLevel else { return nil }
        let verb = status == .inconclusive ? "turn on" : "fail by"
        let clause = bound.kind == .held ? bound.sentence : bound.sentence + "."
        return "\(search.words(boundLevel)) \(verb) \(clause)" + (party.map { " \($0.boundWords)" } ?? "")
    }

    /// That passing is not the same on both sides of a level; nil where that made no difference.
    package var reliefSentence: String? {
        reliefLevel.map { level in
            let words = search.words(level)
            return
                "Fewer than \(words) failed by the mean time between actions, which may be greater from \(words) on: "
                + "between the least that failed and \(search.digits(level)) not every number passes."
        }
    }

    /// All sentences.
    package var sentences: [String] { [sentence, boundSentence, reliefSentence].compactMap { $0 } }
}

extension Party {
    /// Whose doing it was that no more users pass.
    fileprivate var boundWords: String {
        switch self {
        case .target: "It is the target that they wait for or that fails them."
        case .inference: "It is the model's endpoint that they wait for or that fails them."
        case .simulation: "It is the scenario's or the model's own doing."
        case .harness: "It is the load generator itself: give it more hosts."
        }
    }
}
