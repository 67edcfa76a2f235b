import ApeCore
import ArgumentParser
import Glibc

/// The options of a run, the same in `ape-coordinator run` and `ape-test validate`.
package struct RunOptions: ParsableArguments {
    /// The results directory where none is given.
    package static let defaultResults = "results"

    /// Where a GitHub Actions job shows its summary; nil elsewhere.
    package static var stepSummary: String? {
        getenv("GITHUB_STEP_SUMMARY").map { String(cString: $0) }
    }

    @Option(help: ArgumentHelp("The most agents that any stage asks for.", valueName: "count"))
    package var maxAgents = 1000

    @Option(
        help: ArgumentHelp(
            "How long the sustained load is held: minutes, or with a unit, such as 90s or 5m.",
            valueName: "duration"
        )
    )
    var testDuration = "30m"

    @Option(
        help: ArgumentHelp("How long every other stage is held: seconds, or with a unit.", valueName: "duration")
    )
    package var stageDuration = "60s"

    @Flag(help: "A short plan: at most 100 agents, stages of 10 s, 20 s sustained; under 90 s in all.")
    package var quick = false

    @Flag(help: "Leave the optimisation analysis out of the report, as --quick does.")
    var skipOptimization = false

    @Flag(help: "Fail where a value's 95 % interval straddles its target.")
    package var strict = false

    @Option(help: ArgumentHelp("Where the report is written.", valueName: "file"))
    package var output = "validation-report.json"

    @Option(help: ArgumentHelp("Where the run's database and logs are kept.", valueName: "directory"))
    package var results = Self.defaultResults

    @Option(help: ArgumentHelp("Repeat an earlier run's random choices.", valueName: "number"))
    package var seed: UInt64?

    package init() {}

    package func validate() throws {
        guard (1...Plan.maximumAgents).contains(maxAgents) else {
            throw ValidationError("--max-agents \(maxAgents) is not between 1 and \(Plan.maximumAgents)")
        }
        _ = try micros(testDuration, plainNumberIn: .minutes, flag: "--test-duration")
        _ = try micros(stageDuration, plainNumberIn: .seconds, flag: "--stage-duration")
    }

    /// The validation plan of these options.
    package func plan() throws -> Plan {
        Plan.validation(
            maxAgents: maxAgents,
            testDurationMicros: try micros(testDuration, plainNumberIn: .minutes, flag: "--test-duration"),
            stageDurationMicros: try micros(stageDuration, plainNumberIn: .seconds, flag: "--stage-duration"),
            quick: quick
        )
    }

    /// Whether the report holds the optimisation analysis.
    package var isComprehensive: Bool { !skipOptimization && !quick }

    /// The same options as arguments for another program.
    package var arguments: [String] {
        var arguments = [
            "--max-agents", "\(maxAgents)", "--test-duration", testDuration, "--stage-duration", stageDuration,
            "--output", output, "--results", results,
        ]
        if quick { arguments.append("--quick") }
        if skipOptimization { arguments.append("--skip-optimization") }
        if strict { arguments.append("--strict") }
        if let seed { arguments += ["--seed", "\(seed)"] }
        return arguments
    }

    private func micros(_ text: String, plainNumberIn unit: DurationText.Unit, flag: String) throws -> Int64 {
        guard let micros = DurationText.micros(text, plainNumberIn: unit), micros >= DurationText.Unit.seconds.rawValue
        else {
            throw ValidationError("\(flag) \(text) is not a duration of at least 1s, such as 90s, 5m or 1h30m")
        }
        return micros
    }
}
