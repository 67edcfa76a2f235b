import ApeCore
import ApeProgram
import ApeStore
import Glibc

extension HistoryCommand {
    /// Deletes the runs that a rule lets go of, once somebody has said yes.
    func prune(by rule: Retention) async throws {
        guard Files.exists(RunStore.path(in: results)) else {
            throw ApeError(.usage, "\(results) has no runs: name the directory where runs are kept with --results")
        }
        let pruning = try RunPruning(results: results)
        let outdated = try await pruning.outdated(by: rule, nowMicros: SteadyClock<FleetTime>().now.micros)
        if !outdated.isEmpty { try confirm(outdated) }
        let start = ContinuousClock.now
        var told = start
        let outcome = try await pruning.prune(outdated) { done, all in
            guard ContinuousClock.now - told > .seconds(2) else { return }
            told = .now
            StandardError.write("Deleted \(done) of \(all.counting("run")) …\n")
        }
        try pruning.close()
        StandardOutput.print(json ? TerminalText(outcome.json.plain) : outcome.text(results: results))
    }

    /// Asks whether runs are to go.
    private func confirm(_ outdated: [RunSummary]) throws(ApeError) {
        if pruneOptions.yes { return }
        guard isatty(STDIN_FILENO) == 1 else {
            let runs = outdated.count.counting("run")
            throw ApeError(.usage, "--prune would delete \(runs), and nobody can be asked whether to: add --yes")
        }
        let days = [outdated.first, outdated.last].compactMap { run in
            run.map { String(Timestamp.text(micros: $0.createdMicros).prefix(10)) }
        }
        let span = days.joined(separator: " to ")
        StandardError.write("Delete \(outdated.count.counting("run")) of \(results), of \(span)? [y/N]: ")
        StandardError.settle()
        guard readLine()?.lowercased().hasPrefix("y") == true else { throw ApeError(.usage, "Nothing was deleted") }
    }
}

extension RunPruning.Outcome {
    /// What has become of a directory, ended by a newline.
    func text(results: String) -> TerminalText {
        guard !runs.isEmpty else { return "No run of \(results) was deleted: none is older.\n" }
        var lines = ["\(runs.count.counting("run")) deleted, with \(reports.count.counting("file")) of reports."]
        let (freed, size) = (bytesBefore - bytesAfter, ByteText.text(Double(bytesAfter)))
        lines.append("The database has \(size), \(ByteText.text(Double(max(0, freed)))) less than before.")
        if !hasShrunk {
            lines.append(
                "The rest of the room is for later runs: the file gives it back where runs are deleted while none goes on."
            )
        }
        return TerminalText(lines: lines)
    }

    /// The same as one object.
    var json: JSONValue {
        [
            "deleted_runs": .array(runs.map { .string($0.id) }), "deleted_reports": .array(reports.map { .string($0) }),
            "database_bytes_before": .integer(bytesBefore), "database_bytes": .integer(bytesAfter),
            "database_shrunk": .bool(hasShrunk),
        ]
    }
}
