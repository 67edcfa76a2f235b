import ApeChannel
import ApeCoordinator
import ApeCore
import ApeHTTP
import ApeProgram
import ApeReport
import ApeScenario
import ArgumentParser
import Logging

/// `ape-coordinator run`: one run, from waiting for workers to the verdict. This is what CI jobs invoke.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a scenario over a fleet of workers and judge the eight KPIs.",
        discussion: """
            Listens, waits for the workers, walks the plan, merges what they measure, writes the report and prints \
            the verdicts.

            Examples:
              ape-coordinator run --scenario ape.yml --workers 3 --listen 10.0.0.5 --token-file token \\
                --tls-cert coordinator.pem --tls-key coordinator.key --tls-client-ca ca.pem
              ape-coordinator run --scenario ape.yml --quick --output report.json --html report.html --junit junit.xml
              ape-coordinator run --scenario ape.yml --output 'reports/{run}.json' --keep-runs 50 --keep-for 30d

            Exit codes: 0 every critical target and threshold passed and every stage was held; 1 one failed; 2 usage or \
            scenario error; 3 inconclusive; 4 the fleet could not run; 130 interrupted; 143 suspended.
            """
    )

    @Option(help: ArgumentHelp("What to test.", valueName: "file"))
    var scenario: String

    @Option(help: ArgumentHelp("Workers to wait for before the run starts.", valueName: "count"))
    var workers = 1

    @Option(help: ArgumentHelp("How long to wait for them: seconds, or with a unit.", valueName: "duration"))
    var wait = "60s"

    @Option(
        help: ArgumentHelp("Where to listen for workers; port 9464 unless given.", valueName: "host:port")
    )
    var listen = "127.0.0.1"

    @Option(help: ArgumentHelp("The file with the secret that the fleet shares.", valueName: "file"))
    var tokenFile: String?

    @Flag(help: "Listen on an address that other hosts can reach without TLS.")
    var insecure = false

    @OptionGroup(title: "TLS")
    var tls: TLSOptions

    @OptionGroup(title: "HTTP")
    var http: HTTPOptions

    @OptionGroup(title: "HTTP")
    var control: ControlOptions

    @Option(
        help: ArgumentHelp(
            "Take up a run that was cut off; `latest` for the last one of --results, if that was the same and was cut off in "
                + "the last ten minutes or suspended in the last hour: else a new one begins. SIGTERM then suspends the run.",
            valueName: "run"
        )
    )
    var resume: String?

    @Option(help: .hidden)
    var readyFile: String?

    @Option(help: .hidden)
    var commandSocket: String?

    @Option(help: .hidden)
    var standingAgents: Int?

    @Option(help: .hidden)
    var search: String?

    @Flag(help: .hidden)
    var demo = false

    @OptionGroup(title: "Run")
    var run: RunOptions

    @OptionGroup(title: "Watching")
    var live: LiveOptions

    @OptionGroup(title: "Report")
    var formats: ReportFormat.Options

    @OptionGroup(title: "Retention")
    var retention: RetentionOptions

    @OptionGroup(title: "Comparison")
    var comparison: BaselineOptions

    @OptionGroup(title: "OpenTelemetry")
    var otlp: OTLPOptions

    @OptionGroup(title: "Notices")
    var notices: NotifyOptions

    @OptionGroup(title: "Program")
    var program: ProgramOptions

    func validate() throws {
        guard (1...10_000).contains(workers) else {
            throw ValidationError("--workers \(workers) is not between 1 and 10000")
        }
        guard DurationText.micros(wait, plainNumberIn: .seconds) != nil else {
            throw ValidationError("--wait \(wait) is not a duration, such as 60s or 5m")
        }
        try live.check(besides: formats)
        guard !insecure || tls.tlsCert == nil else {
            throw ValidationError("--insecure and --tls-cert exclude each other: leave out --insecure")
        }
    }

    func run() async throws {
        let address = try HostPort(coordinator: listen)
        try ChannelExposure(hasToken: tokenFile != nil, isEncrypted: tls.tlsCert != nil, isTrusted: insecure)
            .checkListening(on: address)
        let credentials = try tls.credentials()
        let (read, rows) = try ScenarioFile.open(self.scenario)
        for warning in read.warnings { StandardError.write("warning: \(warning)\n") }
        let own = read.scenario.plan
        let plan =
            try standingAgents.map { Plan(stages: [.open(agents: $0, number: 1)]) }
            ?? search.map { Plan(try Self.search($0, over: own?.search)) } ?? run.plan(of: read.scenario)
        let (scenario, warnings) = try run.adding(to: read.scenario, plan: plan)
        for warning in warnings { StandardError.write("warning: \(warning)\n") }
        let named = resume == CoordinatorConfiguration.latestRun ? nil : resume
        var configuration = CoordinatorConfiguration(
            scenario: scenario,
            plan: plan,
            workers: workers,
            wait: Micros(DurationText.micros(wait, plainNumberIn: .seconds) ?? 0),
            listen: address,
            tls: credentials,
            token: try tokenFile.map { path throws(ApeError) in try TokenFile.read(path) } ?? [],
            runID: named ?? SecureRandom.uuid(),
            resumes: named != nil,
            seed: run.seed ?? UInt64.random(in: 0...UInt64(Int64.max)),
            isStrict: run.strict,
            describesDemo: demo,
            output: run.output,
            results: run.results,
            readyFile: readyFile,
            commandSocket: commandSocket
        )
        configuration.rowFiles = rows
        configuration.termination = Termination(resume: resume)
        configuration.view = live.view
        configuration.isComprehensive = run.isComprehensive
        configuration.formats = formats.outputs
        configuration.retention = retention.rule
        configuration.annotates = formats.githubAnnotations ?? GitHubJob.isHere
        configuration.places = demo ? nil : GitHubJob.known(read.places)
        configuration.stepSummary = RunOptions.stepSummary
        configuration.baseline = comparison.baseline
        configuration.comparesAnyVersion = comparison.versions.anyVersion
        configuration.regressionLimit = comparison.regression.limit
        configuration.otlp = try OTLPSettings(url: otlp.otlp, environment: OTLPSettings.processEnvironment)
        configuration.notices = try notices.settings()
        for warning in configuration.otlp?.warnings ?? [] { StandardError.write("warning: \(warning)\n") }
        if resume == CoordinatorConfiguration.latestRun { configuration = try await configuration.takingUpLatest() }
        let logger = program.logger(label: "ape-coordinator")
        configuration.httpTokenFile = control.httpTokenFile
        let rights = try control.rights()
        let http = try http.service(
            program: "ape-coordinator",
            usual: HTTPOptions.coordinatorAddress,
            rights: rights,
            logger: logger
        )
        let coordinator = try Coordinator(configuration: configuration, http: http, rights: rights, logger: logger)
        try await ServiceRun.toEnd(
            coordinator,
            beside: http,
            parentWatch: program.parentWatch,
            hangupWatch: credentials.map { credentials in HangupWatch { credentials.reload(logger: logger) } },
            terminationWatch: TerminationWatch { coordinator.terminate() },
            logger: logger
        )
        let code = coordinator.exitCode
        if code != .passed { throw code.asError }
    }
}

extension RunCommand {
    /// The search that `ape-test capacity` asks for, over what the scenario says of its own.
    private static func search(_ text: String, over base: CapacitySearch?) throws -> CapacitySearch {
        try CapacitySearch(json: JSONValue(parsing: text), over: base ?? CapacitySearch())
    }
}
