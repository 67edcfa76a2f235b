import ApeRun
import ApeChannel
import ApeCore
import ApeProgram
import ApeStore

extension CoordinatorConfiguration {
    /// What `--resume` takes in the place of a run's identifier.
    package static let latestRun = "latest"

    /// The same configuration for the latest run of its results directory, where that run was of this scenario and plan, was
    /// cut off in the last ten minutes and has no coordinator; else as it is, for a run of its own.
    ///
    /// - Throws: ``ApeError`` for a database that cannot be read.
    package func takingUpLatest() async throws -> CoordinatorConfiguration {
        let path = RunStore.path(in: results)
        guard Files.exists(path) else { return self }
        let store = try RunStore(path: path)
        let cutOff = try await store.cutOffRun()
        try store.close()
        guard let cutOff, cutOff.isContinued(by: scenario.document, plan, at: SteadyClock<FleetTime>().now.micros),
            !RunClaim.isHeld(run: cutOff.run.id, results: results)
        else { return self }
        var configuration = self
        configuration.runID = cutOff.run.id
        configuration.resumes = true
        return configuration
    }
}
