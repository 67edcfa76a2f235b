import ApeChannel
import ApeCore
import ApeProgram
import ApeReport

/// What a coordinator is told of one run.
package struct CoordinatorConfiguration: Sendable {
    package var scenario: Scenario
    /// The scenario's files of rows, by the names that it gives them.
    package var rowFiles: [String: DataRowsFile] = [:]
    package var plan: Plan
    /// How many workers the run waits for.
    package var workers: Int
    /// How long it waits for them.
    package var wait: Micros
    package var listen: HostPort
    /// What is shown to workers and asked of them; nil for a channel in clear text.
    package var tls: TLSCredentials?
    /// The secret that the fleet shares; empty where none was given.
    package var token: Secret
    package var runID: String
    /// Whether ``runID`` is a run that was cut off.
    package var resumes: Bool
    package var seed: UInt64
    /// What SIGTERM is to do.
    package var termination = Termination.ends
    /// Fail where an interval straddles its target.
    package var isStrict: Bool
    /// Whether the report holds the optimisation analysis.
    package var isComprehensive = true
    /// Whether the run's subject is the embedded demo, which terminal and report must say.
    package var describesDemo: Bool
    /// The report's path; `{run}` in it stands for the run's identifier.
    package var output: String
    /// The directory of the run's database.
    package var results: String
    /// Written once workers can connect.
    package var readyFile: String?
    /// The report's formats beside the JSON of ``output``.
    package var formats: [ReportOutput] = []
    /// Where a GitHub Actions job shows its summary; nil elsewhere.
    package var stepSummary: String?
    /// Whether what did not pass is annotated for GitHub Actions.
    package var annotates = false
    /// Where the scenario's parts stand in its file; nil where that is nobody's file.
    package var places: ScenarioPlaces?
    /// The run or the report's file to compare with.
    package var baseline: String?
    /// Whether the base may have been measured by other definitions.
    package var comparesAnyVersion = false
    /// A critical target that got worse by more than this share fails the run.
    package var regressionLimit: Double?
    /// Where the run is exported to; nil for nowhere.
    package var otlp: OTLPSettings?
    /// Who is told how the run ended; nil for nobody.
    package var notices: NoticeSettings?
    /// Where commands to the run are taken; nil for nowhere.
    package var commandSocket: String?
    /// The file of the token by which the run is controlled over HTTP; nil for a token of the run's own.
    package var httpTokenFile: String?
    /// Which runs of the results directory are kept.
    package var retention = Retention()
    /// What is shown of the run while it goes on.
    package var view = LiveView.people

    package init(
        scenario: Scenario,
        plan: Plan,
        workers: Int,
        wait: Micros,
        listen: HostPort,
        tls: TLSCredentials?,
        token: Secret,
        runID: String,
        resumes: Bool,
        seed: UInt64,
        isStrict: Bool,
        describesDemo: Bool,
        output: String,
        results: String,
        readyFile: String?,
        commandSocket: String? = nil
    ) {
        self.scenario = scenario
        self.plan = plan
        self.workers = workers
        self.wait = wait
        self.listen = listen
        self.tls = tls
        self.token = token
        self.runID = runID
        self.resumes = resumes
        self.seed = seed
        self.isStrict = isStrict
        self.describesDemo = describesDemo
        self.output = output
        self.results = results
        self.readyFile = readyFile
        self.commandSocket = commandSocket
    }

    private var report: ReportOutput { ReportOutput(.json, path: output) }

    /// Where the report itself goes.
    var reportPath: String { report.named(by: runID).path }

    /// All files that the report goes to.
    var outputs: ReportOutputs {
        ReportOutputs([report] + formats, ofRun: runID, stepSummary: stepSummary)
    }
}
