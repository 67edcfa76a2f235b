/// Which successful sessions are told in full, so that a run that passes has some to look at: of each stage and goal the
/// first, and then each that took half as long again as the slowest before it.
package struct SuccessBudget: Sendable {
    /// Sessions of one goal in one stage.
    package static let perGoal = 5
    /// Sessions of one run.
    package static let inAll = 100

    private struct Place: Hashable {
        var stage: Int
        var goal: String
    }

    private var slowest: [Place: (told: Int, micros: Int64)] = [:]
    private var told = 0

    package init() {}

    /// Whether one more may be told.
    ///
    /// - Parameters:
    ///   - goal: its goal's name.
    ///   - stage: the stage that it ended in.
    ///   - micros: how long it took.
    /// - Returns: true where it may.
    package mutating func spend(_ goal: String, stage: Int, micros: Int64) -> Bool {
        guard told < Self.inAll else { return false }
        let place = Place(stage: stage, goal: goal)
        if let before = slowest[place] {
            guard before.told < Self.perGoal, micros - before.micros > before.micros / 2 else { return false }
            slowest[place] = (before.told + 1, micros)
        } else {
            slowest[place] = (1, micros)
        }
        told += 1
        return true
    }
}
