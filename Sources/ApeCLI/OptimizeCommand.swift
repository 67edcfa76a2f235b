import ApeCore
import ApeProgram
import ApeReport
import ArgumentParser

/// `ape-test optimize`: what a run shows about where it can get better, and by how much.
struct OptimizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "optimize",
        abstract: "Find what holds a run back, and compute what mending it would give.",
        discussion: """
            Analyses a stored run, or without RUN first runs one: the validation plan with its sustained load held for \
            --analysis-duration. Every recommendation names the figures that it follows from, and what it would give \
            is replayed from the run's own measurements.

            Examples:
              ape-test optimize --analysis-duration 15 --output optimization-report.json
              ape-test optimize --scenario ape.yml --max-agents 500 --analysis-duration 5m
              ape-test optimize latest
              ape-test optimize 3f2a9c1e-0d5b-4f6e-8a57-2c0f6f1f8f11 --results /var/lib/ape/results

            Exit codes: 0 the report was written, whatever the verdict; 2 usage or scenario error, or no such run;
            4 the fleet could not run; 130 interrupted.
            """
    )

    @Argument(help: ArgumentHelp("A stored run, as ape-test history names it, or \"latest\".", valueName: "run"))
    var stored: String?

    @Option(
        help: ArgumentHelp(
            "How long the sustained load of a new run is held: minutes, or with a unit, such as 90s or 5m.",
            valueName: "duration"
        )
    )
    var analysisDuration = "15m"

    @Option(help: ArgumentHelp("Where the report is written.", valueName: "file"))
    var output = "optimization-report.json"

    @Option(help: ArgumentHelp("Where runs are kept.", valueName: "directory"))
    var results = RunOptions.defaultResults

    @Option(help: ArgumentHelp("What a new run tests; without it the embedded demo.", valueName: "file"))
    var scenario: String?

    @Option(help: ArgumentHelp("The most agents that any stage of a new run asks for.", valueName: "count"))
    var maxAgents = 200

    @Option(help: ArgumentHelp("How long every other stage of a new run is held.", valueName: "duration"))
    var stageDuration = "30s"

    @Option(help: ArgumentHelp("Worker processes of a new run.", valueName: "count"))
    var workers = 2

    @Option(help: ArgumentHelp("A host that workers may load; may be repeated.", valueName: "host"))
    var allowTarget: [String] = []

    @OptionGroup
    var demo: EmbeddedDemoFlags

    init() {}

    func validate() throws {
        if let stored, scenario != nil {
            throw ValidationError("\(stored) is a stored run, --scenario starts a new one: leave out either")
        }
        guard DurationText.micros(analysisDuration, plainNumberIn: .minutes) ?? 0 >= 1_000_000 else {
            throw ValidationError(
                "--analysis-duration \(analysisDuration) is not a duration of at least 1s, such as 5m"
            )
        }
        _ = try newRun(report: output)
    }

    func run() async throws {
        try Files.check(output)
        if let stored { return try await write(try await StoredAnalysis.report(ofRun: stored, results: results)) }
        // A name of its own: an earlier run's report must not stand for one that was never written.
        let validationReport = "\(results)/validation-report-\(SecureRandom.hex(bytes: 4)).json"
        var wasInterrupted = false
        do {
            try await newRun(report: validationReport).runFleet()
        } catch let code as ArgumentParser.ExitCode {
            // A verdict of any kind can be analysed; what did not run cannot.
            wasInterrupted = code.rawValue == ApeCore.ExitCode.interrupted.rawValue
            let verdicts: [ApeCore.ExitCode] = [.failed, .inconclusive, .interrupted]
            guard verdicts.contains(where: { $0.rawValue == code.rawValue }) else { throw code }
        }
        let run = try StoredAnalysis.run(ofReport: validationReport)
        try await write(try await StoredAnalysis.report(ofRun: run, results: results))
        if wasInterrupted { throw ApeCore.ExitCode.interrupted.asError }
    }

    /// The run to analyse, as `validate` makes it.
    private func newRun(report: String) throws -> LocalRunOptions {
        var arguments = [
            "--test-duration", analysisDuration, "--stage-duration", stageDuration, "--max-agents", "\(maxAgents)",
            "--workers", "\(workers)", "--results", results, "--output", report, "--skip-optimization",
        ]
        if let scenario { arguments += ["--scenario", scenario] }
        arguments += allowTarget.flatMap { ["--allow-target", $0] } + demo.arguments
        return try LocalRunOptions.parse(arguments)
    }

    private func write(_ report: OptimizationReport) async throws {
        try Files.write(report.json.plain, to: output)
        let text = OptimizationText(
            report,
            width: Terminal.width(atMost: VerdictTable.defaultWidth),
            isColoured: Terminal.wantsColour
        ).text
        StandardOutput.print(TerminalText(document: text) + "Report: \(output)\n")
    }
}
