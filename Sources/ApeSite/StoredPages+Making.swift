import ApeCore
import ApeProgram
import ApeReport
import ApeRun
import ApeStore

extension StoredPages {
    /// Runs that a trend has.
    private static let trendRuns = 50

    func list() async throws -> WebPage {
        guard let summaries = try await reading({ try await $0.history() }) else {
            return .runs([], leavingOut: 0, results: results, hasRun: hasRun)
        }
        let rows = summaries.prefix(Self.maximumRuns).map { WebPage.Run($0, isRunning: isRunning($0)) }
        return .runs(rows, leavingOut: summaries.count - rows.count, results: results, hasRun: hasRun)
    }

    func report(_ name: String) async throws -> WebPage {
        let report = try await someReading { store in
            let id = try await store.runID(meantBy: name)
            let archive = try await store.archive(ofRun: id)
            let goesOn = archive.run.outcome == nil && RunClaim.isHeld(run: id, results: results)
            var report = RunReport(archive, isRunning: goesOn)
            let seconds = TimelineBuilder.pointSeconds(forPictureOf: report.ledger)
            report.picture =
                try await TimelineBuilder.timelines(
                    [TimelineBuilder(report.ledger, pointSeconds: seconds)],
                    of: store.windowsByTime(ofRun: id)
                ).first ?? []
            return report
        }
        return .report(report, hasRun: hasRun)
    }

    func compared(_ base: String, _ run: String, anyVersion: Bool) async throws -> WebPage {
        let comparison = try await someReading { store in
            let base = ComparableRun(try await store.archive(ofRun: store.runID(meantBy: base)))
            let run = ComparableRun(try await store.archive(ofRun: store.runID(meantBy: run)))
            if !anyVersion { try RunComparison.checkVersions(base.origin, run.origin) }
            return RunComparison(base: base, run: run)
        }
        return .comparison(comparison, hasRun: hasRun)
    }

    func trend(_ scenario: String?) async throws -> WebPage {
        let (trend, names) = try await someReading { store in
            let names = Set(try await store.history().map(\.scenarioName)).sorted()
            let reading = TrendReading(store: store, results: results)
            return (try await reading.trend(of: scenario, last: Self.trendRuns) { _, _ in }, names)
        }
        return .trend(trend, scenarios: names, hasRun: hasRun)
    }

    /// How the run that ended last came out; nil where none has.
    func lastRun() async throws -> LastRun? {
        try await reading { try await LastRun(in: $0) } ?? nil
    }

    private func isRunning(_ run: RunSummary) -> Bool {
        run.outcome == nil && RunClaim.isHeld(run: run.id, results: results)
    }

    /// Reads the database; nil where the directory has none.
    private func reading<Value: Sendable>(_ body: (RunStore) async throws -> Value) async throws -> Value? {
        if let store { return try await body(store) }
        let path = RunStore.path(in: results)
        guard Files.exists(path) else { return nil }
        let opened = try RunStore(path: path)
        do {
            let value = try await body(opened)
            try opened.close()
            return value
        } catch {
            // What went wrong first is told.
            try? opened.close()
            throw error
        }
    }

    private func someReading<Value: Sendable>(_ body: (RunStore) async throws -> Value) async throws -> Value {
        guard let value = try await reading(body) else {
            throw ApeError(.usage, "\(results) has no runs yet: ape-test validate makes one")
        }
        return value
    }
}

extension WebPage.Run {
    fileprivate init(_ run: RunSummary, isRunning: Bool) {
        self.init(
            id: run.id,
            startMicros: run.createdMicros,
            endMicros: run.endedMicros,
            scenario: run.isDemo ? "the embedded demo" : run.scenarioName,
            state: run.state(isRunning: isRunning),
            status: run.status.flatMap(Verdict.Status.init),
            agents: run.agents,
            workers: run.workers,
            figures: run.verdicts.compactMap { verdict in
                verdict.measured.map { measured in
                    var target = KPITarget(verdict.key)
                    target.value = verdict.target
                    return (target, measured, Verdict.Status(rawValue: verdict.status))
                }
            }
        )
    }
}
