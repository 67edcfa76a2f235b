import ApeCore
import ArgumentParser

/// Which runs of the results directory are kept.
struct RetentionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Keep so many of the latest runs of --results, this one included, and delete the others with the reports that "
                + "are named by them; all unless given.",
            valueName: "count"
        )
    )
    var keepRuns: Int?

    @Option(
        help: ArgumentHelp(
            "Delete runs that ended longer ago than this: days or another duration, such as 30d or 12h.",
            valueName: "age"
        )
    )
    var keepFor: String?

    func validate() throws {
        if let keepRuns, !Retention.counts.contains(keepRuns) {
            throw ValidationError(
                "--keep-runs \(keepRuns) is not between \(Retention.counts.lowerBound) and \(Retention.counts.upperBound)"
            )
        }
        if let keepFor, Retention.ageMicros(keepFor) == nil {
            throw ValidationError("--keep-for \(keepFor) is not an age, such as 30d, 12h or 1h30m")
        }
    }

    var rule: Retention { Retention(runs: keepRuns, ageMicros: keepFor.flatMap(Retention.ageMicros)) }
}
