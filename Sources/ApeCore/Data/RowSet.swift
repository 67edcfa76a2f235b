/// Rows that a coordinator hands out in parts: those of a file, and those of which no two sessions share one.
package struct RowSet: Sendable, Equatable {
    /// What people call it: the file's path as the scenario names it, or the place of the rows in the scenario.
    package var name: String
    /// The goals whose sessions take these rows.
    package var goals: [String]
    package var pick: DataPick
    /// Its rows.
    package var count: Int
    /// The bytes of all rows, about.
    package var bytes: Int

    package init(name: String, goals: [String], pick: DataPick, count: Int, bytes: Int) {
        self.name = name
        self.goals = goals
        self.pick = pick
        self.count = count
        self.bytes = bytes
    }
}

extension Scenario {
    /// What a coordinator hands out. Goals that take the same rows once, which their file's hash tells, share one set.
    package var rowSets: [RowSet] {
        var sets: [RowSet] = []
        var shared: [String: Int] = [:]
        for goal in goals {
            guard let file = goal.dataFile else {
                if let set = goal.inlineRowSet { sets.append(set) }
                continue
            }
            if goal.pick == .once, let index = shared[file.hash] {
                sets[index].goals.append(goal.name)
                continue
            }
            if goal.pick == .once { shared[file.hash] = sets.count }
            sets.append(
                RowSet(name: file.name, goals: [goal.name], pick: goal.pick, count: file.count, bytes: file.bytes)
            )
        }
        return sets
    }
}

extension Goal {
    /// The names of its rows' values, in the order of what is handed out.
    package var columns: [String] {
        dataFile?.columns ?? Set(data.flatMap(\.keys)).sorted()
    }

    /// The rows that stand in the scenario, in the order of ``columns``.
    package var inlineRows: [DataRow] {
        let columns = columns
        return data.map { row in columns.map { row[$0] } }
    }

    /// Rows that stand in the scenario are handed out only where no two sessions may share one.
    fileprivate var inlineRowSet: RowSet? {
        guard pick == .once, !data.isEmpty else { return nil }
        let bytes = data.reduce(0) { $0 + $1.values.reduce(0) { $0 + $1.utf8.count } }
        return RowSet(name: "goals.\(name).data", goals: [name], pick: .once, count: data.count, bytes: bytes)
    }
}
