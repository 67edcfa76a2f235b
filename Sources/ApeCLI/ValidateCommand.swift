import ApeCore
import ApeHTTP
import ApeProgram
import ApeReport
import ArgumentParser

/// `ape-test validate`: a whole run on one machine, from nothing to a verdict.
struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Run a fleet on this machine and judge the eight KPIs.",
        discussion: """
            Starts a coordinator and workers as child processes, walks the plan and prints the verdicts. Without \
            --scenario it also starts a demo shop and a simulated inference endpoint, and the verdict describes those.

            Examples:
              ape-test validate --quick
              ape-test validate --quick --html report.html --junit junit.xml --markdown report.md
              ape-test validate --scenario ape.yml --baseline base.json --fail-on-regression 5%
              ape-test validate --scenario ape.yml --threshold 'p95(target) < 500ms in every 30s' --threshold 'p99(ttft) < 4s'
              ape-test validate --scenario ape.yml --max-agents 500 --test-duration 15m
              ape-test validate --max-agents 1000 --test-duration 60s --stage-duration 15s --output r.json

            Exit codes: 0 every critical target and threshold passed and every stage was held; 1 one failed; 2 usage or \
            scenario error; 3 inconclusive; 4 the fleet could not run; 130 interrupted.
            """
    )

    @Option(help: ArgumentHelp("What to test; without it the embedded demo.", valueName: "file"))
    var scenario: String?

    @Option(help: ArgumentHelp("Worker processes to start.", valueName: "count"))
    var workers = 2

    @OptionGroup(title: "Workers")
    var reach: WorkerReach

    @OptionGroup(title: "Run")
    var run: RunOptions

    @OptionGroup(title: "Watching")
    var live: LiveOptions

    @OptionGroup(title: "Report")
    var formats: ReportFormat.Options

    @OptionGroup(title: "Comparison")
    var comparison: BaselineOptions

    @OptionGroup(title: "OpenTelemetry")
    var otlp: OTLPOptions

    @OptionGroup(title: "Notices")
    var notices: NotifyOptions

    @OptionGroup(title: "HTTP of the coordinator")
    var http: HTTPOptions

    @OptionGroup
    var demo: EmbeddedDemoFlags

    init() {}

    func validate() throws {
        try live.check(besides: formats)
        guard (1...64).contains(workers) else { throw ValidationError("--workers \(workers) is not between 1 and 64") }
    }

    func run() async throws {
        let logs = run.results + "/logs"
        try Files.makeDirectory(logs) { cause in
            ApeError(.file, "Cannot make the directory \(logs): choose another with --results", cause: cause)
        }
        let fleet = LocalFleet(
            options: run,
            workers: workers,
            scenario: scenario,
            coordinatorArguments: http.arguments + live.arguments + formats.arguments
                + comparison.arguments + otlp.arguments + notices.arguments,
            workerArguments: reach.arguments,
            demoArguments: demo.arguments,
            logs: logs,
            hasDashboard: live.view == .people && StandardError.screen != nil
        )
        let code = try await fleet.run()
        if code != 0 { throw ArgumentParser.ExitCode(code) }
    }
}
