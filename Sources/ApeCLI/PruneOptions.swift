import ApeCore
import ArgumentParser

/// The options of `ape-test history` that delete runs.
struct PruneOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Delete runs, and the reports that are named by them: but for so many of the latest, as 20, or those that ended "
                + "longer ago, as 30d or 12h.",
            valueName: "keep"
        )
    )
    var prune: String?

    @Flag(help: "With --prune: delete without asking.")
    var yes = false

    func validate() throws {
        if yes, prune == nil { throw ValidationError("--yes needs --prune") }
        _ = try rule()
    }

    /// Which runs are kept; nil where none are to go.
    func rule() throws -> Retention? {
        guard let prune else { return nil }
        guard let rule = Retention(prune) else {
            throw ValidationError(
                "--prune \(PlainText.line(prune)) is neither a number of runs to keep, such as 20, nor an age, such as 30d or 12h"
            )
        }
        return rule
    }
}
