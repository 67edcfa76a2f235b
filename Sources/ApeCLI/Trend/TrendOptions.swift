import ApeCore
import ArgumentParser

/// The options of `ape-test history` that show how runs went from one to the next.
struct TrendOptions: ParsableArguments {
    /// Runs that are looked at where nothing is said.
    static let usualRuns = 50
    /// The most runs that are looked at: each is read whole.
    static let maximumRuns = 2_000

    @Flag(help: "Show how each target went from run to run of one scenario, and where it changed.")
    var trend = false

    @Option(help: ArgumentHelp("With --trend: the scenario; that of the latest run unless given.", valueName: "name"))
    var scenario: String?

    @Option(
        help: ArgumentHelp("With --trend: also write it as one HTML file that needs no network.", valueName: "file")
    )
    var html: String?

    @Option(
        help: ArgumentHelp("With --trend: look at so many of its latest runs; 50 unless given.", valueName: "number")
    )
    var last: Int?

    func validate() throws {
        for (flag, isGiven) in [("--scenario", scenario != nil), ("--html", html != nil), ("--last", last != nil)]
        where isGiven && !trend {
            throw ValidationError("\(flag) needs --trend")
        }
        if let last, !(2...Self.maximumRuns).contains(last) {
            throw ValidationError("--last \(last) is not between 2 and \(Self.maximumRuns)")
        }
    }
}
