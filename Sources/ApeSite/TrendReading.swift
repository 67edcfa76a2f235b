import ApeCore
import ApeRun
import ApeStore

/// Reads a scenario's runs one after the other, and keeps of each what a trend shows.
package struct TrendReading {
    /// Who waits longer than this is told how far it is, and again after as long.
    private static let patience = Duration.seconds(2)

    private let store: RunStore
    private let results: String

    /// - Parameters:
    ///   - store: the database of the runs.
    ///   - results: its directory.
    package init(store: RunStore, results: String) {
        (self.store, self.results) = (store, results)
    }

    /// Reads the trend of a scenario.
    ///
    /// - Parameters:
    ///   - scenario: its name; nil for that of the latest run.
    ///   - last: how many of its latest runs are read.
    ///   - onProgress: told how many runs have been read of how many, now and then.
    /// - Returns: the trend, what changed told from chance.
    /// - Throws: ``ApeError`` for a scenario without runs, and a database that cannot be read.
    package func trend(
        of scenario: String?,
        last: Int,
        onProgress: (_ read: Int, _ all: Int) -> Void
    ) async throws -> RunTrend {
        let all = try await store.history()
        let name = try scenario ?? all.first?.scenarioName ?? { throw noRuns() }()
        let runs = all.filter { $0.scenarioName == name && !isRunning($0) }.prefix(last).reversed()
        guard !runs.isEmpty else { throw unknown(name, all) }
        var trend = RunTrend(scenarioName: name)
        let clock = ContinuousClock()
        var told = clock.now
        for (read, summary) in runs.enumerated() {
            if clock.now - told >= Self.patience {
                told = clock.now
                onProgress(read, runs.count)
            }
            try await add(summary, to: &trend)
        }
        return trend.settled()
    }

    private func isRunning(_ run: RunSummary) -> Bool {
        run.outcome == nil && RunClaim.isHeld(run: run.id, results: results)
    }

    private func add(_ summary: RunSummary, to trend: inout RunTrend) async throws {
        let gap: String?
        switch summary.outcome {
        case .finished, .budgetSpent, .aborted: gap = nil
        case .interrupted: gap = "it was interrupted"
        case .fleetFailed: gap = "the fleet could not go on"
        case .running, .suspended, nil: gap = "it was cut off"
        }
        let state = summary.status ?? summary.outcome?.name ?? "unfinished"
        if let gap { return trend.addGap(run: summary.id, startMicros: summary.createdMicros, gap, state: state) }
        do {
            trend.add(try await store.archive(ofRun: summary.id), state: state)
        } catch let error as ApeError {
            // One run that an earlier or a later version stored takes nothing from the others.
            let reason = "it cannot be read: \(error.message)"
            trend.addGap(run: summary.id, startMicros: summary.createdMicros, reason, state: state)
        }
    }

    private func noRuns() -> ApeError {
        ApeError(.usage, "\(results) has no runs yet: ape-test validate makes one")
    }

    private func unknown(_ name: String, _ all: [RunSummary]) -> ApeError {
        let names = Set(all.map(\.scenarioName)).sorted()
        guard !names.isEmpty else { return noRuns() }
        return ApeError(
            .usage,
            "\(results) has no ended run of a scenario \(name): it has runs of \(names.joined(separator: ", "))"
        )
    }
}
