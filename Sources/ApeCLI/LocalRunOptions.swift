import ApeCore
import ApeHTTP
import ApeProgram
import ApeReport
import ArgumentParser

/// What a command takes that has a fleet on this machine run to its verdict.
struct LocalRunOptions: ParsableArguments {
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

    func validate() throws {
        try live.check(besides: formats)
        guard (1...64).contains(workers) else { throw ValidationError("--workers \(workers) is not between 1 and 64") }
    }

    /// Runs the fleet, and ends the program with its verdict where that is not 0.
    ///
    /// - Parameter further: flags for the coordinator beside these.
    /// - Throws: the exit code of a verdict that is not 0, and ``ApeError`` where the fleet cannot run.
    func runFleet(_ further: [String] = []) async throws {
        let logs = run.results + "/logs"
        try Files.makeDirectory(logs) { cause in
            ApeError(.file, "Cannot make the directory \(logs): choose another with --results", cause: cause)
        }
        let fleet = LocalFleet(
            options: run,
            workers: workers,
            scenario: scenario,
            coordinatorArguments: further + http.arguments + live.arguments + formats.arguments
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
