import ApeCore
import ApeFleet
import ApeProgram

/// Where the rows of data are that go to workers: in a file, or in the scenario itself.
struct RowSource: Sendable {
    private enum Place: Sendable {
        case file(DataRowsFile)
        case scenario([DataRow])
    }

    private let places: [String: Place]

    /// - Parameters:
    ///   - scenario: the run's.
    ///   - files: its files of rows, by the names that it gives them.
    init(_ scenario: Scenario, files: [String: DataRowsFile]) {
        var places: [String: Place] = [:]
        for goal in scenario.goals {
            if let file = goal.dataFile {
                places[goal.name] = files[file.name].map { .file($0) }
            } else {
                places[goal.name] = .scenario(goal.inlineRows)
            }
        }
        self.places = places
    }

    /// The lines that carry rows to a worker.
    ///
    /// - Throws: ``ApeError`` for a file that was changed, or cannot be read any more.
    func lines(_ delivery: RowDelivery) throws(ApeError) -> [[UInt8]] {
        try delivery.lines { range throws(ApeError) in
            switch places[delivery.goal] {
            case .file(let file): try file.rows(range)
            case .scenario(let rows): Array(rows[range])
            case nil: throw ApeError(.file, "the goal \(delivery.goal) has no rows")
            }
        }
    }
}
