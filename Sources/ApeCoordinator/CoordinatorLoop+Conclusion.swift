import ApeChannel
import ApeCore
import ApeFleet
import ApeProgram
import ApeReport
import ApeRun
import ApeSite
import ApeStore
import Glibc

/// What a run came to, once its report is written.
struct Conclusion: Sendable {
    var report: RunReport
    /// What was written of it: names, and paths from the root.
    var files: [(name: String, path: String)]
    /// What the program exits with where there is no error.
    var code: ApeCore.ExitCode
    /// Why the run could not go on, or its report could not be written.
    var error: ApeError?
}

extension CoordinatorLoop {
    /// Judges the run, of which no more comes.
    func lastReport() async -> RunReport {
        let endMicros = clock.now.micros
        await storeLastServers()
        record.ledger.ended(atMicros: endMicros)
        let rules = JudgingRules(configuration.scenario, strict: configuration.isStrict)
        let verdict = RunVerdict(judging: record.ledger, rules: rules, outcome: outcome ?? .interrupted)
        return report(record, record.ledger, verdict, endMicros: endMicros)
    }

    /// The run alone, and at its end with the verdict: what is exported under the run's own name.
    func exported(at report: RunReport?) -> RunSnapshot {
        var snapshot = snapshot
        snapshot.lastRun = report.flatMap { LastRun($0) }
        return snapshot
    }

    /// Writes the report, closes the store's account and prints the verdicts.
    ///
    /// - Parameters:
    ///   - report: the run's report.
    ///   - hub: where the run is shown to whoever looks at its page.
    /// - Returns: what came of it.
    func conclude(_ report: RunReport, showing hub: LiveHub) async -> Conclusion {
        display.end()
        StandardError.settle()
        let hasRun = record.ledger.stages.contains { $0.timeline != nil }
        if let words = report.exported?.sentence { StandardError.write("warning: \(words)\n") }
        let files = hasRun ? await write(report, showing: hub) : ReportOutputs.Files()
        await hub.end(LivePage(report, nil))
        let path = configuration.reportPath
        let isWritten = files.written.contains { $0.path == path }
        await storeEnd(report, path: isWritten ? path.absolutePath : nil)
        tell(report, files, hasRun: hasRun)
        let error = outcome?.failure?.error ?? files.failures.first
        // Why the run ended comes last.
        for failure in files.failures where failure != error { StandardError.write("error: \(failure)\n") }
        return Conclusion(
            report: report,
            files: files.written.map { ($0.name, $0.path.absolutePath) },
            code: report.exitCode,
            error: error
        )
    }

    /// Prints what came of the run.
    private func tell(_ report: RunReport, _ files: ReportOutputs.Files, hasRun: Bool) {
        let annotations = configuration.annotates ? TerminalText(GitHubAnnotations(report).commands) : ""
        guard configuration.view != .objects else {
            StandardOutput.write("\(report.verdictLine(files).plain.text)\n")
            return StandardError.write(annotations)
        }
        let width = Terminal.width(atMost: VerdictTable.defaultWidth)
        if hasRun {
            let table = VerdictTable(report, width: width, isColoured: Terminal.wantsColour).text
            StandardOutput.write(TerminalText(document: table))
        }
        if hasRun, let comparison = report.baseline?.comparison {
            let table = ComparisonTable(comparison, width: width, showsChangesOnly: true).text
            StandardOutput.write("\n" + TerminalText(document: table))
        }
        if configuration.view == .people {
            if hasRun { StandardOutput.write("\n" + TerminalText(document: ending(of: report, files, width).text)) }
            for file in files.written { StandardOutput.write("\(file.name): \(file.path)\n") }
        }
        for text in files.printed { StandardOutput.write(TerminalText(document: text)) }
        StandardOutput.write(annotations)
    }

    private func ending(of report: RunReport, _ files: ReportOutputs.Files, _ width: Int) -> RunEnding {
        RunEnding(
            report,
            results: configuration.results == RunOptions.defaultResults ? nil : configuration.results,
            hasHTML: files.written.contains { $0.name == ReportFormat.html.title },
            width: width
        )
    }

    /// Writes the report in all its formats. It does not depend on the store: a full disk there must not lose it, and
    /// takes from it the pictures over time at most.
    private func write(_ report: RunReport, showing hub: LiveHub) async -> ReportOutputs.Files {
        let outputs = configuration.outputs
        do {
            let builders = outputs.timelines(of: report.ledger)
            let timelines = try await TimelineBuilder.timelines(
                builders,
                of: store.windowsByTime(ofRun: configuration.runID)
            )
            var report = report
            report.add(timelines, for: outputs)
            if report.picture.isEmpty { report.picture = record.timeline.points }
            // The page's last figures are those of the files.
            await hub.end(LivePage(report, nil))
            return outputs.write(report, to: Files())
        } catch {
            StandardError.write("warning: the report lacks what happened second by second: \(error)\n")
            return outputs.write(report, to: Files())
        }
    }

    /// Closes the store's account of the run. Everything that was measured is stored, so a store which fails now takes
    /// nothing from the verdict.
    private func storeEnd(_ report: RunReport, path: String?) async {
        // A run that could not be stored has not ended: it goes on once it can be. Nor has one that was suspended.
        if outcome?.failure?.cause == .storeFailed || outcome == .suspended { return }
        do {
            let run = configuration.runID
            let (verdict, end) = (report.verdict, report.run.endMicros)
            try await store.finish(run: run, verdict: verdict, endedMicros: end, report: path)
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
