import ApeChannel
import ApeCore
import ApeFleet
import ApeMetrics
import ApeProgram
import ApeReport
import ApeStore
import Glibc

extension CoordinatorLoop {
    /// Judges the run, writes the report, closes the store's account and prints the verdicts.
    ///
    /// - Returns: what the program exits with.
    /// - Throws: ``ApeError`` when the run could not take place, or its report cannot be written.
    func conclude() async throws -> ApeCore.ExitCode {
        let endMicros = clock.nowMicros
        let ended = RunOutcome(outcome ?? .interrupted)
        record.close(atMicros: endMicros)
        let rules = JudgingRules(configuration.scenario, strict: configuration.isStrict)
        let verdict = RunVerdict(judging: record.ledger, rules: rules, outcome: ended)
        StandardError.write(display.end())
        let hasRun = record.ledger.stages.contains { $0.timeline != nil }
        let report = ValidationReport(
            run: RunDescription(
                id: configuration.runID,
                scenarioName: configuration.scenario.name,
                seed: configuration.seed,
                startMicros: record.createdMicros,
                endMicros: endMicros,
                apeVersion: ApeVersion.text,
                subject: .init(configuration.scenario, isDemo: configuration.describesDemo)
            ),
            ledger: record.ledger,
            verdict: verdict,
            environment: HostEnvironment.current
        )
        // The report does not depend on the store: a full disk there must not lose it.
        let stored = await storeEnd(verdict, report, endMicros: endMicros)
        if hasRun {
            try ReportFile.write(report.json, to: configuration.output)
            print(VerdictTable(report, width: Terminal.width, isColoured: Terminal.wantsColour).text, terminator: "")
            print("Report: \(configuration.output)")
        }
        if let error = outcome?.error { throw error }
        if let stored { throw stored }
        return verdict.exitCode
    }

    private func storeEnd(_ verdict: RunVerdict, _ report: ValidationReport, endMicros: Int64) async -> (any Error)? {
        do {
            let summary = report.json["verdict"]
            try await store.finish(
                run: configuration.runID,
                outcome: verdict.outcome,
                endedMicros: endMicros,
                verdict: summary
            )
            try store.close()
            return nil
        } catch {
            return error
        }
    }
}

extension RunOutcome {
    init(_ outcome: Outcome) {
        switch outcome {
        case .finished: self = .finished
        case .interrupted: self = .interrupted
        case .tooFewWorkers(let error), .refused(let error), .allLost(let error), .storeFailed(let error):
            self = .fleetFailed(error.message)
        }
    }
}

extension FleetEvent {
    /// Whether a person who watches the run wants to know at once. Agents' troubles are told in the report.
    var isForTerminal: Bool {
        // A refusal ends the run and is told then.
        agent == nil && code != "worker_stopped" && code != "worker_refused"
    }
}
