import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeRun

/// Everything that formats show of a run, computed once: a format lays it out, and has no arithmetic and no rule of its
/// own.
package struct RunReport: Sendable {
    package var run: RunDescription
    package let ledger: RunLedger
    package let verdict: RunVerdict
    /// By what its figures can be compared with another run's.
    package let seal: RunSeal
    /// What was measured, row by row.
    package let tables: RunTables
    /// What the run shows about where it can get better; every format tells of it.
    package let analysis: OptimizationAnalysis
    /// Where it ran: operating system, kernel, CPUs, library versions.
    package var environment: JSONObject
    /// Whether ``json`` is the comprehensive report, which holds the analysis too.
    package var isComprehensive = false
    /// How it compares with another run; nil where it was not asked to.
    package var baseline: Baseline?
    /// What became of its exports to an OpenTelemetry receiver; nil where there were none.
    package var exported: OTLPAccount?
    /// Where the scenario's parts stand in its file; nil where no file is at hand.
    package var places: ScenarioPlaces?
    /// Every second and stage, for CSV; empty where none was asked for.
    package var seconds: [TimelinePoint] = []
    /// The same in so many points as a picture carries.
    package var picture: [TimelinePoint] = []

    package init(run: RunDescription, ledger: RunLedger, verdict: RunVerdict, environment: JSONObject = [:]) {
        self.run = run
        self.ledger = ledger
        self.verdict = verdict
        let origin = RunOrigin(measuredBy: run.measuredBy, scenarioHash: run.scenarioHash, ledger)
        seal = RunSeal(origin, seed: run.seed, ledger, verdict)
        tables = RunTables(ledger, verdict, price: run.subject.price)
        analysis = OptimizationAnalysis(ledger: ledger, verdict: verdict)
        self.environment = environment
    }

    /// Takes the timelines that formats show.
    ///
    /// - Parameters:
    ///   - timelines: what ``ReportOutputs/timelines(of:)`` came to.
    ///   - outputs: what is to be written.
    package mutating func add(_ timelines: [[TimelinePoint]], for outputs: ReportOutputs) {
        if outputs.need(.seconds) { seconds = timelines.first ?? [] }
        if outputs.need(.picture) { picture = timelines.last ?? [] }
    }

    /// How long the run took.
    var durationMicros: Int64 { max(0, run.endMicros - run.startMicros) }

    /// What the MTBA of the largest stage is judged by.
    var peakMTBATarget: TargetRow? {
        KPIKey.means(of: .gap).first { $0.concerns(agents: ledger.plan.peakAgents) }.flatMap(target)
    }

    func target(_ key: KPIKey) -> TargetRow? { tables.targets.first { $0.verdict.key == key } }
}

extension ReportOutputs {
    /// The timelines that the formats show, to be fed with the run's windows.
    package func timelines(of ledger: RunLedger) -> [TimelineBuilder] {
        var builders: [TimelineBuilder] = []
        if need(.seconds) { builders.append(TimelineBuilder(ledger)) }
        if need(.picture) {
            let seconds = TimelineBuilder.pointSeconds(forPictureOf: ledger)
            builders.append(TimelineBuilder(ledger, pointSeconds: seconds))
        }
        return builders
    }
}
