import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeRun

/// What a run was, beside its measurements.
package struct RunDescription: Sendable, Equatable {
    package var id: String
    package var scenarioName: String
    package var seed: UInt64
    /// Fleet time.
    package var startMicros: Int64
    /// Fleet time.
    package var endMicros: Int64
    /// The version of the program that wrote the report: the coordinator, or `ape-test report` later.
    package var apeVersion: String
    package var subject: Subject

    package init(
        id: String,
        scenarioName: String,
        seed: UInt64,
        startMicros: Int64,
        endMicros: Int64,
        apeVersion: String,
        subject: Subject
    ) {
        self.id = id
        self.scenarioName = scenarioName
        self.seed = seed
        self.startMicros = startMicros
        self.endMicros = endMicros
        self.apeVersion = apeVersion
        self.subject = subject
    }

    /// What the verdict is about.
    package struct Subject: Sendable, Equatable {
        /// The built-in demo was tested, and no application of the user's.
        package var isDemo: Bool
        /// The targets' base URLs.
        package var targets: [String]
        /// The inference endpoint's base URL; nil when every goal is a script.
        package var inferenceURL: String?
        package var model: String?

        package init(isDemo: Bool, targets: [String], inferenceURL: String? = nil, model: String? = nil) {
            self.isDemo = isDemo
            self.targets = targets
            self.inferenceURL = inferenceURL
            self.model = model
        }

        package init(_ scenario: Scenario, isDemo: Bool) {
            self.init(
                isDemo: isDemo,
                targets: scenario.targets.map(\.baseURL),
                inferenceURL: scenario.inference?.baseURL,
                model: scenario.inference?.model
            )
        }

        /// A sentence that says what the verdict describes.
        package var sentence: String {
            if isDemo {
                return "This verdict describes APE's own demo shop and simulated model, not an application of yours."
            }
            let driver = inferenceURL.map { " driven by \(model ?? "a model") at \($0)" } ?? " under scripted users"
            return "This verdict describes \(targets.joined(separator: ", "))\(driver)."
        }
    }
}

/// The validation report: the original's structure on top, and beside it everything else that was measured.
package struct ValidationReport: Sendable {
    /// Raised whenever a reader would have to change.
    package static let schemaVersion = "1.0"

    package var run: RunDescription
    package let ledger: RunLedger
    package let verdict: RunVerdict
    /// One for each stage.
    package let stages: [StageRow]
    /// What the run shows about where it can get better; every format tells of it.
    package let analysis: OptimizationAnalysis
    /// Where it ran: operating system, kernel, CPUs, library versions.
    package var environment: JSONObject
    /// Whether ``json`` is the comprehensive report, which holds the analysis too.
    package var isComprehensive = false
    /// How it compares with another run; nil where it was not asked to.
    package var baseline: Baseline?

    package init(run: RunDescription, ledger: RunLedger, verdict: RunVerdict, environment: JSONObject = [:]) {
        self.run = run
        self.ledger = ledger
        self.verdict = verdict
        stages = zip(ledger.stages, verdict.stages).map { StageRow($0, $1) }
        analysis = OptimizationAnalysis(ledger: ledger, verdict: verdict)
        self.environment = environment
    }

    /// The whole report.
    package var json: JSONValue {
        var root: JSONObject = ["schema_version": .string(Self.schemaVersion)]
        for (key, value) in originalTop { root[key] = value }
        let hold = ledger.hold
        let whole = ledger.whole
        root["run"] = runPart
        root["verdict"] = verdictPart
        root["subject"] = .string(run.subject.sentence)
        root["stages"] = .array(stages.indices.map(stagePart))
        let presences = Dictionary(
            ledger.workerCompleteness.map { ($0.worker, $0.presences) },
            uniquingKeysWith: { first, _ in first }
        )
        root["workers"] = .array(
            ledger.sortedWorkers.map {
                workerPart($0, presences[$0.facts.id] ?? [], actionsOfAll: whole.actions)
            }
        )
        root["series"] = ["hold": hold.seriesPart(labelled: false), "whole_run": whole.seriesPart(labelled: false)]
        root["counters"] = ["hold": hold.countersPart, "whole_run": whole.countersPart]
        root["gap_parts"] = hold.gapBreakdown.json
        root["goals"] = .array(hold.goalsPart)
        root["routes"] = .array(hold.routesPart)
        root["failures"] = hold.failuresPart
        root["exemplar_sessions"] = .array(exemplarsPart)
        root["completeness"] = completenessPart
        root["saturation"] = .array(verdict.saturations.map(saturationPart))
        root["environment"] = .object(environment)
        root["comparison_basis"] = comparisonPart
        root["baseline_comparison"] = baseline?.comparison.json ?? .null
        root["fleet_events"] = .array(ledger.events.map(eventPart))
        root["fleet_events_dropped"] = .integer(ledger.eventsDropped)
        if isComprehensive { for (key, value) in comprehensiveParts { root[key] = value } }
        return .object(root)
    }

    private var runPart: JSONValue {
        [
            "id": .string(run.id), "scenario": .string(run.scenarioName),
            // A seed has 64 bits, which a JSON number does not carry everywhere.
            "seed": .string(String(run.seed)),
            "start_time": .string(Timestamp.text(micros: run.startMicros)),
            "end_time": .string(Timestamp.text(micros: run.endMicros)),
            "ape_version": .string(run.apeVersion),
            "is_demo": .bool(run.subject.isDemo),
            "targets": .array(run.subject.targets.map { .string($0) }),
            "inference_url": run.subject.inferenceURL.map { .string($0) } ?? .null,
            "model": run.subject.model.map { .string($0) } ?? .null,
            "outcome": .string(verdict.outcome.name),
            "outcome_reason": outcomeReason.map { .string($0) } ?? .null,
        ]
    }

    private var outcomeReason: String? {
        if case .fleetFailed(let reason) = verdict.outcome { reason } else { nil }
    }

    private var verdictPart: JSONValue {
        [
            "exit_code": .integer(Int64(exitCode.rawValue)),
            "status": .string(verdict.status.rawValue),
            "strict": .bool(verdict.strict),
        ]
    }
}
