import ApeCore
import ApeHTTP
import ApeProgram
import ApeReport
import ArgumentParser
import Glibc

/// `ape-test start`: a fleet on this machine that stands until it is stopped.
struct StartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Start a fleet on this machine that stands until it is stopped.",
        discussion: """
            Starts a coordinator and workers as child processes and keeps the agents at work; without --scenario also a \
            demo shop and a simulated inference endpoint. What it does is seen with status and logs, changed with \
            scale, ended with stop or Ctrl-C. A plan in the scenario is left aside. At its end the eight KPIs are judged on all that was held, for a day at \
            most.

            Examples:
              ape-test start --agents 50
              ape-test start --agents 200 --workers 4 --scenario ape.yml --detach
              ape-test start --agents 20 --results /tmp/try --http 127.0.0.1:0 --detach

            Exit codes: 0 every critical target passed, or with --detach the fleet stands; 1 a critical target failed;
            2 usage or scenario error, or a fleet stands there already; 3 inconclusive; 4 the fleet could not run;
            130 ended in a hurry.
            """
    )

    @Option(help: ArgumentHelp("How many agents are to be at work.", valueName: "count"))
    var agents: Int

    @Option(help: ArgumentHelp("Worker processes to start.", valueName: "count"))
    var workers = 2

    @Option(help: ArgumentHelp("What to load; without it the embedded demo.", valueName: "file"))
    var scenario: String?

    @Flag(help: "Return once the fleet stands, and leave it running.")
    var detach = false

    @Option(help: ArgumentHelp("The results directory, where database and logs are kept.", valueName: "directory"))
    var results = RunOptions.defaultResults

    @Option(
        help: ArgumentHelp("Where the report is written; report.json of the results unless given.", valueName: "file")
    )
    var output: String?

    @OptionGroup(title: "Workers")
    var reach: WorkerReach

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
        guard (1...Plan.maximumAgents).contains(agents) else {
            throw ValidationError("--agents \(agents) is not between 1 and \(Plan.maximumAgents)")
        }
        guard (1...64).contains(workers) else { throw ValidationError("--workers \(workers) is not between 1 and 64") }
    }

    func run() async throws {
        let directory = FleetDirectory(results: results)
        if let state = directory.recorded(), !state.living.isEmpty {
            throw ApeError(
                .usage,
                "A fleet stands in \(results) already (run \(state.run)): end it with ape-test stop, or choose another "
                    + "directory with --results"
            )
        }
        try directory.make()
        directory.forget()
        if detach { return try await detached(directory) }
        let options = try RunOptions.parse(["--results", results, "--output", output ?? results + "/report.json"])
        let fleet = LocalFleet(
            options: options,
            workers: workers,
            scenario: scenario,
            standing: LocalFleet.Standing(agents: agents, directory: directory),
            coordinatorArguments: http.arguments + otlp.arguments + notices.arguments,
            workerArguments: reach.arguments,
            demoArguments: demo.arguments,
            logs: directory.logs,
            hasDashboard: StandardOutput.screen != nil
        )
        defer { directory.forget() }
        let code = try await fleet.run()
        if code != 0 { throw ArgumentParser.ExitCode(code) }
    }
}

/// What workers may reach, and how.
struct WorkerReach: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A host that the workers may load, besides this machine: host, host:port, *.example.com or 10.0.0.0/8. "
                + "May be repeated.",
            valueName: "host"
        )
    )
    var allowTarget: [String] = []

    @OptionGroup
    var proxy: ProxyOption

    /// The same as arguments for a worker.
    var arguments: [String] {
        let allowed = allowTarget.isEmpty ? [] : ["127.0.0.0/8", "::1"] + allowTarget
        return allowed.flatMap { ["--allow-target", $0] } + proxy.arguments
    }
}
