import ApeCore
import ApeInference

/// What a session begins with: its random numbers, its goal, and its row of the goal's data.
struct SessionStart: Sendable {
    let context: TraceContext
    /// For waits between requests.
    let random: SeededRandom
    /// For what the session decides.
    private(set) var choices: SeededRandom
    private(set) var goal: PreparedGoal
    /// nil where the goal has all of its rows itself.
    var row: DataRow?

    /// Picks a goal by weight; nil where no goal can be begun.
    ///
    /// - Parameters:
    ///   - prepared: what all sessions share.
    ///   - agent: the agent's number.
    ///   - session: the session's number.
    ///   - stock: the rows that are here; a goal without any left is not picked.
    init?(_ prepared: PreparedScenario, agent: Int, session: Int, stock: RowStock) {
        var random = SeededRandom(seed: prepared.seed, agent: agent, session: session)
        context = TraceContext(random: &random)
        var choices = SeededRandom(seed: random.next())
        guard let goal = prepared.goal(&choices, stock: stock) else { return nil }
        (self.random, self.choices, self.goal) = (random, choices, goal)
    }

    /// Picks another goal, the rows of the one before having come to their end; false where there is none.
    mutating func pickAgain(_ prepared: PreparedScenario, stock: RowStock) -> Bool {
        guard let goal = prepared.goal(&choices, stock: stock) else { return false }
        self.goal = goal
        return true
    }
}
