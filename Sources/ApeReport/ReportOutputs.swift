import ApeCore
import ApeMetrics
import ApeRun
import Glibc

/// The files that a run's report goes to, by format.
package struct ReportOutputs: Sendable, Equatable {
    package var json: String?
    package var html: String?
    package var junit: String?
    package var markdown: String?
    /// A directory.
    package var csv: String?
    /// Where a GitHub Actions job shows its summary: Markdown is added to the end of this file.
    package var stepSummary: String?

    package init(
        json: String? = nil,
        html: String? = nil,
        junit: String? = nil,
        markdown: String? = nil,
        csv: String? = nil,
        stepSummary: String? = nil
    ) {
        self.json = json
        self.html = html
        self.junit = junit
        self.markdown = markdown
        self.csv = csv
        self.stepSummary = stepSummary.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether anything is to be written.
    package var isEmpty: Bool { self == ReportOutputs() }
    /// Whether a format shows every second.
    var needsSeconds: Bool { csv != nil }
    /// Whether a format shows a picture over time.
    var needsPicture: Bool { html != nil }

    private var files: [(flag: String, path: String)] {
        [("--output", json), ("--html", html), ("--junit", junit), ("--markdown", markdown)]
            .compactMap { flag, path in path.map { (flag, $0) } }
    }

    /// Makes sure before a long run that everything can be written; the directory for CSV is made.
    ///
    /// - Throws: ``ApeError`` that names the flag, the path and the way out.
    package func check() throws(ApeError) {
        var flags: [String: String] = [:]
        for (flag, path) in files {
            try ReportFile.check(path, flag: flag)
            if let other = flags.updateValue(flag, forKey: path) {
                throw ApeError(.usage, "\(other) and \(flag) name the same file \(path): give each its own")
            }
        }
        if let csv {
            try ReportFile.makeDirectory(csv, flag: "--csv")
            for table in CSVTable.allCases { try ReportFile.check(table.path(in: csv), flag: "--csv") }
        }
    }

    /// What became of the files.
    package struct Files: Sendable {
        /// Each with what it is called in messages.
        package var written: [(name: String, path: String)] = []
        package var failures: [ApeError] = []

        package init() {}
    }

    /// Writes everything that is asked for; what cannot be written keeps nothing else from being written.
    package func write(_ report: RunReport) -> Files {
        var files = Files()
        func attempt(_ name: String, _ path: String?, _ flag: String, _ text: () -> String) {
            guard let path else { return }
            do throws(ApeError) {
                try ReportFile.write(text: text(), to: path, flag: flag)
                files.written.append((name, path))
            } catch {
                files.failures.append(error)
            }
        }
        attempt("Report", json, "--output") { report.validation.json.prettyText }
        attempt("HTML", html, "--html") { HTMLReport(report).text }
        attempt("JUnit", junit, "--junit") { JUnitReport(report.validation).text }
        attempt("Markdown", markdown, "--markdown") { MarkdownReport(report.validation).text }
        if let csv {
            for table in CSVTable.allCases {
                attempt("CSV", table.path(in: csv), "--csv") { table.text(report) }
            }
        }
        if let stepSummary {
            do throws(ApeError) {
                try ReportFile.append(MarkdownReport(report.validation).text + "\n", to: stepSummary)
            } catch {
                files.failures.append(error)
            }
        }
        return files
    }
}
