import ArgumentParser

/// What a run is held against, wherever runs are compared.
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

    package init() {}

    package func validate() throws {
        guard regression.failOnRegression == nil || baseline != nil else {
            throw ValidationError("--fail-on-regression needs --baseline, which names what to compare with")
        }
    }

    /// The same options as arguments for another program.
    package var arguments: [String] {
        (baseline.map { ["--baseline", $0] } ?? [])
            + (regression.failOnRegression.map { ["--fail-on-regression", $0] } ?? [])
    }
}

/// When a comparison fails.
package struct RegressionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Exit with 1 where a critical target got significantly worse by more than this, such as 5%.",
            valueName: "percent"
        )
    )
    package var failOnRegression: String?

    package init() {}

    package func validate() throws {
        guard let failOnRegression, limit == nil else { return }
        throw ValidationError("--fail-on-regression \(failOnRegression) is not a percentage of 0 to 1000, such as 5%")
    }

    /// The limit as a share; nil where none is given.
    package var limit: Double? {
        guard let text = failOnRegression else { return nil }
        let digits = text.hasSuffix("%") ? text.dropLast() : text[...]
        guard let percent = Double(digits), percent.isFinite, (0...1_000).contains(percent) else { return nil }
        return percent / 100
    }
}
