import ApeCore
import Synchronization

/// The counts of the endpoint's requests and answers, from all of its threads.
final class InferenceCounts: Sendable {
    private let begun = Atomic(0)
    private let dropped = Atomic(0)
    private let parts = Striped { InferenceStats() }

    /// Counts a new request and returns its number, from 0.
    func begin() -> Int {
        begun.wrappingAdd(1, ordering: .relaxed).oldValue
    }

    /// Counts what became of the request of this number.
    func count(_ outcome: InferenceStats.Outcome, of number: Int) {
        parts.withLock(number) { $0.count(outcome) }
    }

    /// Counts the answer to a request.
    func countAnswer(_ draw: InferenceDraw, _ usage: Completion.Usage) {
        parts.withLock(draw.number) { $0.countAnswer(draw, usage) }
    }

    /// Counts a request whose client gave it up.
    func countDropped() {
        dropped.wrappingAdd(1, ordering: .relaxed)
    }

    var droppedCount: Int { dropped.load(ordering: .relaxed) }

    /// The sum of all.
    var sum: InferenceStats {
        var sum = InferenceStats()
        for part in parts.all { sum.add(part) }
        return sum
    }

    /// The members of `GET /demo/stats` that are counts.
    var json: JSONObject {
        var object: JSONObject = ["requests": .integer(Int64(begun.load(ordering: .relaxed)))]
        for member in sum.json { object[member.key] = member.value }
        object["dropped"] = .integer(Int64(droppedCount))
        return object
    }
}
