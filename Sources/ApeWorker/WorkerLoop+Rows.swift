import ApeAgent
import ApeCore
import ApeFleet
import ApeWire

/// The rows of data that agents take.
extension WorkerLoop {
    /// A stock of a scenario's rows, which asks the coordinator for what it lacks.
    func makeStock(_ scenario: Scenario) -> RowStock {
        RowStock(scenario) { [jobs, weak self] goal, want in
            let job: Job = { [weak self] in await self?.handle(.rowsWanted(goal: goal, want)) }
            jobs.yield(job)
        }
    }

    func stock(_ rows: Rows) {
        stock?.add(
            goal: rows.goal,
            first: rows.first,
            rows: rows.rows,
            isLast: rows.isLast,
            areAllOut: rows.isUsedUp
        )
    }
}
