import ArgumentParser
import Glibc

/// The formats of a report beside JSON, wherever one is written.
package struct OutputOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write the report as one HTML file that needs no network.", valueName: "file"))
    package var html: String?

    @Option(
        help: ArgumentHelp("Write JUnit XML: a test case for each target, stage and goal.", valueName: "file")
    )
    package var junit: String?

    @Option(
        help: ArgumentHelp(
            "Write Markdown; where GITHUB_STEP_SUMMARY names a file, it is added there too.",
            valueName: "file"
        )
    )
    package var markdown: String?

    @Option(
        help: ArgumentHelp("Write seconds.csv, stages.csv and routes.csv into a directory.", valueName: "directory")
    )
    package var csv: String?

    package init() {}

    /// The same options as arguments for another program.
    package var arguments: [String] {
        [("--html", html), ("--junit", junit), ("--markdown", markdown), ("--csv", csv)]
            .flatMap { flag, path in path.map { [flag, $0] } ?? [] }
    }

    /// Where a GitHub Actions job shows its summary; nil elsewhere.
    package static var stepSummary: String? {
        getenv("GITHUB_STEP_SUMMARY").map { String(cString: $0) }
    }
}
