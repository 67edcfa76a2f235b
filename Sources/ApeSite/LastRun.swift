import ApeCore
import ApeHTTP
import ApeReport
import ApeRun
import ApeStore

/// How the last run that has ended came out: a verdict as a signal.
package struct LastRun: Sendable, Equatable {
    var run: String
    var scenario: String
    var outcome: String
    var status: String
    var exitCode: Int64
    /// Fleet time.
    var endMicros: Int64
    var targets: [Condition]
    var thresholds: [Condition]

    /// A target's key or a threshold's text, and its status.
    struct Condition: Sendable, Equatable {
        var name: String
        var status: String
    }

    /// A run of the store; nil for one that has not ended.
    init?(_ summary: RunSummary) {
        guard let outcome = summary.outcome, let end = summary.endedMicros, let exitCode = summary.exitCode else {
            return nil
        }
        run = summary.id
        scenario = summary.scenarioName
        self.outcome = outcome.name
        status = summary.status ?? Verdict.Status.inconclusive.rawValue
        self.exitCode = exitCode
        endMicros = end
        targets = summary.verdicts.map { Condition(name: $0.key.rawValue, status: $0.status) }
        thresholds = summary.thresholds.map { Condition(name: $0.text, status: $0.status) }
    }

    /// The run that a report is of; nil for one that is to go on.
    package init?(_ report: RunReport) {
        switch report.verdict.outcome {
        case .running, .suspended: return nil
        case .finished, .interrupted, .budgetSpent, .aborted, .fleetFailed: break
        }
        run = report.run.id
        scenario = report.run.scenarioName
        outcome = report.verdict.outcome.name
        status = report.verdict.status.rawValue
        exitCode = Int64(report.exitCode.rawValue)
        endMicros = report.run.endMicros
        targets = report.verdict.verdicts.map { Condition(name: $0.key.rawValue, status: $0.status.rawValue) }
        thresholds = report.verdict.thresholds.map { Condition(name: $0.text, status: $0.status.rawValue) }
    }

    /// The last run of a store that has ended; nil where none has.
    ///
    /// - Throws: ``ApeError`` for a store that cannot be read.
    package init?(in store: RunStore) async throws {
        guard let summary = try await store.history().first(where: { $0.outcome != nil }) else { return nil }
        self.init(summary)
    }
}

extension MetricFamily {
    private static let statuses = "1 for its status (PASS, FAIL, INCONCLUSIVE or NOT_EXERCISED), 0 for the others."

    static let lastRunInfo = MetricFamily(
        "ape_last_run_info",
        .gauge,
        "Always 1: which run ended last, and how. Like all ape_last_run metrics it is there once a run has ended.",
        labels: ["run", "scenario", "outcome", "status"]
    )
    static let lastRunExitCode = MetricFamily(
        "ape_last_run_exit_code",
        .gauge,
        "The exit code of the run that ended last: 0 passed, 1 failed, 3 inconclusive, 4 the fleet could not run, 130 interrupted."
    )
    static let lastRunEnd = MetricFamily(
        "ape_last_run_end_time_seconds",
        .gauge,
        "When that run ended, in seconds since 1970."
    )
    static let lastRunTarget = MetricFamily(
        "ape_last_run_target_status",
        .gauge,
        "How that run came out on a target: \(statuses)",
        labels: ["target", "status"]
    )
    static let lastRunThreshold = MetricFamily(
        "ape_last_run_threshold_status",
        .gauge,
        "How that run came out on a threshold: \(statuses)",
        labels: ["threshold", "status"]
    )

    /// What tells of the run that ended last, in the order of its page.
    package static let ofLastRun = [lastRunInfo, lastRunExitCode, lastRunEnd, lastRunTarget, lastRunThreshold]
}

extension MetricSink {
    /// How the run that ended last came out.
    package mutating func add(_ last: LastRun) {
        add(.lastRunInfo, at: [last.run, last.scenario, last.outcome, last.status], 1)
        add(.lastRunExitCode, last.exitCode)
        add(.lastRunEnd, micros: last.endMicros)
        add(.lastRunTarget, last.targets)
        add(.lastRunThreshold, last.thresholds)
    }

    private mutating func add(_ family: MetricFamily, _ conditions: [LastRun.Condition]) {
        for condition in conditions {
            for status in Verdict.Status.allCases {
                add(family, at: [condition.name, status.rawValue], condition.status == status.rawValue ? 1 : 0)
            }
        }
    }
}
