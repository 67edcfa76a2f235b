import ArgumentParser

/// The option that makes a comparison fail.
package struct RegressionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Exit with 1 where a critical target got significantly worse by more than this, such as 5%.",
            valueName: "percent"
        )
    )
    var failOnRegression: String?

    package init() {}

    package func validate() throws {
        guard let failOnRegression, limit == nil else { return }
        throw ValidationError("--fail-on-regression \(failOnRegression) is not a percentage of 0 to 1000, such as 5%")
    }

    /// The limit as a share, such as 0.05; nil where none is given.
    package var limit: Double? {
        guard let text = failOnRegression else { return nil }
        let digits = text.hasSuffix("%") ? text.dropLast() : text[...]
        guard let percent = Double(digits), percent.isFinite, (0...1_000).contains(percent) else { return nil }
        return percent / 100
    }
}
