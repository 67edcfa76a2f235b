import ApeCore
import ApeMetrics

/// One of the eight targets, judged.
package struct Verdict: Sendable, Equatable {
    package var target: KPITarget
    package var status: Status
    /// In the target's unit; nil where nothing was measured.
    package var measured: Double?
    /// What is known of the value's error; nil where nothing is, or the value is an exact count.
    package var precision: Precision?
    /// At 95 % confidence, in the target's unit.
    package var interval: Interval?
    /// The interval straddles the target.
    package var marginal = false
    /// How many samples the value rests on.
    package var samples: Int64 = 0
    /// What was measured and why the status is what it is, for people.
    package var details: String
    /// The last part of ``details`` where the value alone does not explain the status.
    package var reason: String?

    /// **PASS / FAIL / INCONCLUSIVE / NOT_EXERCISED.** INCONCLUSIVE: the load generator itself was the bottleneck (a
    /// worker's event loop late by > 50 ms at p99 in more than 10 % of the hold's windows, or its own process at its CPU
    /// limit), or measurements are missing. A latency measured by a choking generator is no evidence against the target,
    /// nor for it. NOT_EXERCISED: the run did not ask for it (1,000 agents in a `--max-agents 100` run); it neither
    /// passes nor fails the run, and the report says so.
    package enum Status: String, Sendable, CaseIterable {
        case pass = "PASS"
        case fail = "FAIL"
        case inconclusive = "INCONCLUSIVE"
        case notExercised = "NOT_EXERCISED"
    }

    package init(_ target: KPITarget, _ status: Status, details: String) {
        self.target = target
        self.status = status
        self.details = details
    }

    /// Sets the status again, for a reason beyond the measured value.
    mutating func become(_ status: Status, because reason: String) {
        self.status = status
        self.reason = reason
        details += " " + reason
    }

    package var key: KPIKey { target.key }
}

/// How a run ended.
package enum RunOutcome: Sendable, Equatable {
    /// All stages ran.
    case finished
    /// By a signal, in the middle.
    case interrupted
    /// The fleet could not go on; the reason is a sentence.
    case fleetFailed(String)

    /// Its name in stores and reports.
    package var name: String {
        switch self {
        case .finished: "finished"
        case .interrupted: "interrupted"
        case .fleetFailed: "fleet_failed"
        }
    }
}

/// What verdicts depend on beside the measurements.
package struct JudgingRules: Sendable, Equatable {
    /// The scenario's own targets.
    package var targets: [KPIKey: Double]
    /// Whether any goal asks a model.
    package var usesInference: Bool
    /// A marginal verdict fails.
    package var strict: Bool

    package init(targets: [KPIKey: Double] = [:], usesInference: Bool = true, strict: Bool = false) {
        self.targets = targets
        self.usesInference = usesInference
        self.strict = strict
    }

    /// The rules of a scenario.
    package init(_ scenario: Scenario, strict: Bool) {
        let prompts = scenario.goals.contains { if case .prompt = $0.mode { true } else { false } }
        self.init(targets: scenario.kpiTargets, usesInference: prompts, strict: strict)
    }
}

/// The verdict on a run: one for each of the eight targets, and what a CI job does with them.
package struct RunVerdict: Sendable, Equatable {
    /// All eight, in the order of ``KPIKey``.
    package var verdicts: [Verdict]
    /// One for each stage of the ledger that was judged.
    package let stages: [StageVerdict]
    package var outcome: RunOutcome
    package var strict: Bool

    package init(verdicts: [Verdict], stages: [StageVerdict] = [], outcome: RunOutcome, strict: Bool) {
        self.verdicts = verdicts
        self.stages = stages
        self.outcome = outcome
        self.strict = strict
    }

    /// The workers that were the bottleneck themselves, by stage and name.
    package var saturations: [Saturation] { stages.flatMap(\.saturations) }

    package subscript(_ key: KPIKey) -> Verdict? { verdicts.first { $0.key == key } }

    package func count(_ status: Verdict.Status) -> Int { verdicts.count { $0.status == status } }

    /// Failed critical targets.
    package var criticalFailures: [Verdict] { verdicts.filter { $0.target.isCritical && $0.status == .fail } }

    /// What the critical targets say together: a failure is one whatever else is open; what is open leaves the run
    /// open; a run that exercised no critical target says nothing.
    package var status: Verdict.Status {
        let critical = verdicts.filter(\.target.isCritical).map(\.status)
        if critical.contains(.fail) { return .fail }
        if critical.contains(.inconclusive) || !critical.contains(.pass) { return .inconclusive }
        return .pass
    }

    package var exitCode: ExitCode {
        switch outcome {
        case .interrupted: .interrupted
        case .fleetFailed: .fleet
        case .finished:
            switch status {
            case .pass: .passed
            case .fail: .failed
            case .inconclusive, .notExercised: .inconclusive
            }
        }
    }
}
