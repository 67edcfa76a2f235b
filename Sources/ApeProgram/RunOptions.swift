import ApeCore
import ApeMetrics
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
            "Let sessions arrive at this rate, such as 30/s or 100/m, with --max-agents as the most at once.",
            valueName: "rate"
        )
    )
    package var rate: String?

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

    @Option(
        name: .customLong("threshold"),
        help: ArgumentHelp(
            "A condition of your own beside the KPIs, such as 'p95(ttft) < 2s in every 30s'; may be given several times.",
            valueName: "condition"
        )
    )
    package var thresholds: [String] = []

    @Option(
        help: ArgumentHelp(
            "Where the report is written; {run} stands for the run, and a link with latest in its place leads to the last.",
            valueName: "file"
        )
    )
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
        _ = try perSecond()
        _ = try micros(testDuration, plainNumberIn: .minutes, flag: "--test-duration")
        _ = try micros(stageDuration, plainNumberIn: .seconds, flag: "--stage-duration")
        for text in thresholds {
            do throws(ThresholdMistake) {
                _ = try Threshold(text)
            } catch {
                throw ValidationError("--threshold '\(PlainText.line(text))': \(PlainText.line(error.description))")
            }
        }
    }

    /// A scenario with the thresholds of the command line behind its own.
    ///
    /// - Parameters:
    ///   - scenario: as its file has it.
    ///   - plan: what is run.
    /// - Returns: the scenario, and what is odd about the thresholds in sentences.
    /// - Throws: ``ApeError`` of code `usage` for a threshold that this run cannot judge.
    package func adding(to scenario: Scenario, plan: Plan) throws(ApeError) -> (scenario: Scenario, warnings: [String])
    {
        var scenario = scenario
        var warnings: [String] = []
        for threshold in thresholds.compactMap({ try? Threshold($0) }) {
            if scenario.thresholds.contains(where: { $0.text == threshold.text }) { continue }
            guard scenario.thresholds.count < Threshold.maximumNumber else {
                throw ApeError(.usage, "There are more than \(Threshold.maximumNumber) thresholds")
            }
            scenario.thresholds.append(threshold)
        }
        let check = ThresholdCheck(scenario, plan: plan)
        for threshold in scenario.thresholds {
            do throws(ThresholdMistake) {
                let found = try check.warnings(on: threshold)
                if threshold.place == nil { warnings += found.map { "--threshold '\(threshold.text)': \($0)" } }
            } catch {
                throw ApeError(.usage, "threshold '\(threshold.text)': \(error.description)")
            }
        }
        return (scenario, warnings)
    }

    /// The validation plan of these options.
    package func plan() throws -> Plan {
        let testMicros = try micros(testDuration, plainNumberIn: .minutes, flag: "--test-duration")
        let stageMicros = try micros(stageDuration, plainNumberIn: .seconds, flag: "--stage-duration")
        if let perSecond = try perSecond() {
            return .arrivals(
                perSecond: perSecond,
                maxAgents: maxAgents,
                testDurationMicros: testMicros,
                stageDurationMicros: stageMicros,
                quick: quick
            )
        }
        return .validation(
            maxAgents: maxAgents,
            testDurationMicros: testMicros,
            stageDurationMicros: stageMicros,
            quick: quick
        )
    }

    /// The plan of a run: the scenario's own, or else that of these options.
    ///
    /// - Throws: ``ApeError`` of code `usage` where both say when sessions begin.
    package func plan(of scenario: Scenario) throws -> Plan {
        guard let own = scenario.plan else { return try plan() }
        guard rate == nil else {
            throw ApeError(
                .usage,
                "--rate \(rate ?? ""): the scenario has a plan of its own; leave --rate out and say `sessions: \(rate ?? "")` "
                    + "in its stages, or take `plan` out of it"
            )
        }
        return own
    }

    /// The first flag given that is of the validation plan alone; nil where none is.
    package var planFlag: String? {
        let given = [
            ("--max-agents", maxAgents != 1000), ("--quick", quick), ("--rate", rate != nil),
            ("--stage-duration", stageDuration != "60s"),
        ]
        return (given + [("--test-duration", testDuration != "30m")]).first { $0.1 }?.0
    }

    /// Whether the report holds the optimisation analysis.
    package var isComprehensive: Bool { !skipOptimization && !quick }

    /// The same options as arguments for another program.
    package var arguments: [String] {
        var arguments = [
            "--max-agents", "\(maxAgents)", "--test-duration", testDuration, "--stage-duration", stageDuration,
            "--output", output, "--results", results,
        ]
        if let rate { arguments += ["--rate", rate] }
        if quick { arguments.append("--quick") }
        if skipOptimization { arguments.append("--skip-optimization") }
        if strict { arguments.append("--strict") }
        for threshold in thresholds { arguments += ["--threshold", threshold] }
        if let seed { arguments += ["--seed", "\(seed)"] }
        return arguments
    }

    private func perSecond() throws -> Double? {
        guard let rate else { return nil }
        guard let perSecond = RateText.perSecond(rate), Arrivals.rates.contains(perSecond) else {
            throw ValidationError("--rate \(rate) is not a rate from 1/h to 1000000/s, such as 30/s, 100/m or 0.5/s")
        }
        return perSecond
    }

    private func micros(_ text: String, plainNumberIn unit: DurationText.Unit, flag: String) throws -> Int64 {
        guard let micros = DurationText.micros(text, plainNumberIn: unit), micros >= DurationText.Unit.seconds.rawValue
        else {
            throw ValidationError("\(flag) \(text) is not a duration of at least 1s, such as 90s, 5m or 1h30m")
        }
        return micros
    }
}
