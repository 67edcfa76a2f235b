import ApeCore
import ApeFleet
import ApeMetrics

extension RunLedger {
    /// A run's ledger, made again from all that is stored of it.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - thresholds: the user's own conditions, by which it is judged.
    ///   - facts: all of its facts, in order.
    ///   - windows: all of its windows, each once.
    ///   - servers: what servers showed, in order.
    /// - Throws: what `windows` and `servers` throw.
    package init(
        of run: StoredRun,
        thresholds: [Threshold],
        facts: [FleetFact],
        windows: some AsyncSequence<StoredWindow, any Error> & Sendable,
        servers: some AsyncSequence<ServerSample, any Error> & Sendable
    ) async throws {
        self.init(plan: run.plan, thresholds: thresholds)
        for fact in facts { add(fact) }
        for try await window in windows { add(window) }
        for try await sample in servers { add(sample) }
        if let ended = run.endedMicros { self.ended(atMicros: ended) }
    }
}

extension RecoveredRun {
    /// What a coordinator takes a run up with: its facts, and the ledger that was made of them and of its windows.
    package init(facts: [FleetFact], ledger: RunLedger) {
        self.init(
            facts: facts,
            lastSeqs: ledger.workers.mapValues(\.lastSeq).filter { $0.value > 0 },
            lastReceived: ledger.latest,
            lastWindows: ledger.workers.compactMapValues { worker in
                worker.latest.map { LastWindow(end: FleetTime(micros: $0.endMicros), revision: worker.latestRevision) }
            }
        )
    }
}
