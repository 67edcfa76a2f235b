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
    /// - Throws: ``ApeError`` when the run could not go on, or its report cannot be written.
    func conclude() async throws -> ApeCore.ExitCode {
        let endMicros = clock.nowMicros
        let ended = RunOutcome(outcome ?? .interrupted)
        record.close(atMicros: endMicros)
        let rules = JudgingRules(configuration.scenario, strict: configuration.isStrict)
        let verdict = RunVerdict(judging: record.ledger, rules: rules, outcome: ended)
        StandardError.write(display.end())
        let hasRun = record.ledger.stages.contains { $0.timeline != nil }
        var report = ValidationReport(
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
        report.isComprehensive = configuration.isComprehensive
        // The report does not depend on the store: a full disk there must not lose it.
        let written = Result { if hasRun { try ReportFile.write(report.json, to: configuration.output) } }
        let isWritten = hasRun && (try? written.get()) != nil
        await storeEnd(verdict, endMicros: endMicros, report: isWritten ? configuration.output.absolutePath : nil)
        if hasRun {
            print(VerdictTable(report, width: Terminal.width, isColoured: Terminal.wantsColour).text, terminator: "")
        }
        if isWritten { print("Report: \(configuration.output)") }
        if let error = outcome?.error {
            // Why the run ended comes last.
            if case .failure(let failure) = written { StandardError.write("error: \(failure)\n") }
            throw error
        }
        try written.get()
        return verdict.exitCode
    }

    /// Closes the store's account of the run. Everything that was measured is stored, so a store which fails now takes
    /// nothing from the verdict.
    private func storeEnd(_ verdict: RunVerdict, endMicros: Int64, report: String?) async {
        // A run that could not be stored has not ended: it goes on once it can be.
        if case .storeFailed = outcome { return }
        do {
            let run = configuration.runID
            try await store.finish(run: run, verdict: verdict, endedMicros: endMicros, report: report)
            try store.close()
        } catch {
            StandardError.write("warning: ape-test history will not tell how this run ended: \(error)\n")
        }
    }
}

extension String {
    /// The path from the root, for readers in other directories.
    fileprivate var absolutePath: String {
        guard !hasPrefix("/"), let directory = realpath(".", nil) else { return self }
        defer { free(directory) }
        return String(cString: directory) + "/" + self
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
