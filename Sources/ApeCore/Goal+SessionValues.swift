extension Goal {
    /// The values that a session starts with: those of every session, and the goal's data row of this agent.
    ///
    /// - Parameters:
    ///   - run: the run's name.
    ///   - agent: the agent's number, which chooses the row.
    ///   - session: the session's number within the agent.
    ///   - random: the session's own random numbers; one is taken.
    /// - Returns: values by name; a template of the row that names anything else stays as it stands.
    package func sessionValues(
        run: String,
        agent: Int,
        session: Int,
        random: inout SeededRandom
    ) -> [String: String] {
        let digits = String(random.next() >> 32, radix: 16)
        let builtIn = [
            "run": run,
            "agent": String(agent),
            "session": String(session),
            "random": String(repeating: "0", count: 8 - digits.count) + digits,
        ]
        guard !data.isEmpty else { return builtIn }
        let row = data[agent % data.count].mapValues { Template($0).renderKnown { builtIn[$0] } }
        return row.merging(builtIn) { _, builtIn in builtIn }
    }
}
