import ArgumentParser

/// The options for comparing a new run with an earlier one.
package struct BaselineOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Compare with an earlier run of the same results directory, or with a report's JSON file.",
            valueName: "run or file"
        )
    )
    package var baseline: String?

    @OptionGroup
    package var regression: RegressionOptions

    @OptionGroup
    package var versions: VersionOptions

    package init() {}

    package func validate() throws {
        guard regression.failOnRegression == nil || baseline != nil else {
            throw ValidationError("--fail-on-regression needs --baseline, which names what to compare with")
        }
        guard !versions.anyVersion || baseline != nil else {
            throw ValidationError("--any-version needs --baseline, which names what to compare with")
        }
    }

    /// The same options as arguments for another program.
    package var arguments: [String] {
        (baseline.map { ["--baseline", $0] } ?? [])
            + (regression.failOnRegression.map { ["--fail-on-regression", $0] } ?? [])
            + (versions.anyVersion ? ["--any-version"] : [])
    }
}
