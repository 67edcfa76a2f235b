import ApeCore

/// A format and where it goes.
package struct ReportOutput: Sendable {
    package let format: ReportFormat
    /// A file, or the directory of a format with several files; `{run}` in it stands for the run's identifier.
    package let path: String
    /// What stays the name of the latest run's; nil where the path is not named by its run.
    fileprivate private(set) var latest: LatestLink?

    package init(_ format: ReportFormat, path: String) {
        self.format = format
        self.path = path
    }

    /// The same with a run's identifier in its path.
    ///
    /// - Parameter run: the identifier.
    /// - Returns: the output of that run.
    package func named(by run: String) -> ReportOutput {
        var named = ReportOutput(format, path: path.replacing(LatestLink.placeholder, with: run))
        named.latest = LatestLink(path, run: run)
        return named
    }

    /// Each file with what is written there.
    fileprivate var files: [(path: String, part: ReportFormat.Part)] {
        format.parts.map { part in
            let directory = path.hasSuffix("/") ? path : path + "/"
            return (part.name.map { directory + $0 } ?? path, part)
        }
    }

    /// Whether it goes to standard output in place of a file.
    fileprivate var isPrinted: Bool { path == "-" && !isDirectory }

    fileprivate var isDirectory: Bool { format.parts.contains { $0.name != nil } }
}

/// The files that a run's report goes to.
package struct ReportOutputs: Sendable {
    private let outputs: [ReportOutput]
    /// Where a GitHub Actions job shows its summary: it is added to the end of this file.
    private let stepSummary: String?

    /// - Parameters:
    ///   - outputs: what is written, in this order.
    ///   - run: the identifier of the run that is reported.
    ///   - stepSummary: the file that `GITHUB_STEP_SUMMARY` names; nil or empty for none.
    package init(_ outputs: [ReportOutput], ofRun run: String, stepSummary: String? = nil) {
        self.outputs = outputs.map { $0.named(by: run) }
        self.stepSummary = stepSummary.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether anything is to be written.
    package var isEmpty: Bool { outputs.isEmpty && stepSummary == nil }

    func need(_ needs: ReportFormat.Needs) -> Bool { outputs.contains { $0.format.needs == needs } }

    /// Makes sure before a long run that everything can be written; directories are made.
    ///
    /// - Throws: ``ApeError`` that names the flag, the path and the way out.
    package func check(_ files: some OutputFiles) throws(ApeError) {
        var flags: [String: String] = [:]
        for output in outputs where !output.isPrinted {
            let flag = output.format.flag
            try output.latest?.check(flag: flag)
            if output.isDirectory { try files.makeDirectory(output.path, flag: flag) }
            for (path, _) in output.files { try files.check(path, flag: flag) }
            guard !output.isDirectory, let other = flags.updateValue(flag, forKey: output.path) else { continue }
            throw ApeError(.usage, "\(other) and \(flag) name the same file \(output.path): give each its own")
        }
    }

    /// What became of the files.
    package struct Files: Sendable {
        /// Each with what it is called in messages.
        package var written: [(name: String, path: String)] = []
        package var failures: [ApeError] = []
        /// What goes to standard output, each ended by a newline.
        package var printed: [String] = []

        package init() {}
    }

    /// Writes everything that is asked for; what cannot be written keeps nothing else from being written.
    package func write(_ report: RunReport, to files: some OutputFiles) -> Files {
        var outcome = Files()
        func attempt(_ body: () throws(ApeError) -> Void) {
            do throws(ApeError) { try body() } catch { outcome.failures.append(error) }
        }
        for output in outputs {
            for (path, part) in output.files {
                if output.isPrinted {
                    outcome.printed.append(part.text(report))
                    continue
                }
                attempt { () throws(ApeError) in
                    try files.write(part.text(report), to: path, flag: output.format.flag)
                    outcome.written.append((output.format.title, path))
                }
            }
            guard let latest = output.latest else { continue }
            attempt { () throws(ApeError) in
                try files.link(latest.path, to: latest.target, flag: output.format.flag)
            }
        }
        if let stepSummary {
            for part in ReportFormat.stepSummary.parts {
                attempt { () throws(ApeError) in try files.append(part.text(report) + "\n", to: stepSummary) }
            }
        }
        return outcome
    }
}
