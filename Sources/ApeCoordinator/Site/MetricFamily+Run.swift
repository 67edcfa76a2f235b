import ApeHTTP
import ApeMetrics

/// How a run and its workers are: what a coordinator alone shows.
extension MetricFamily {
    static let runInfo = MetricFamily(
        "ape_run_info",
        .gauge,
        "Always 1: which run the other figures are of.",
        labels: ["run", "scenario", "version"]
    )
    static let runStart = MetricFamily(
        "ape_run_start_time_seconds",
        .gauge,
        "When the run began, in seconds since 1970."
    )
    static let runPhase = MetricFamily(
        "ape_run_phase",
        .gauge,
        "1 for the phase that the run is in, 0 for the others.",
        labels: ["phase"]
    )
    static let runStage = MetricFamily(
        "ape_run_stage",
        .gauge,
        "The number of the stage that runs, from 1; 0 before the first."
    )
    static let runStages = MetricFamily("ape_run_stages", .gauge, "Stages of the plan.")
    static let concurrentAgents = MetricFamily("ape_concurrent_agents", .gauge, "Agents at work on sessions.")
    static let concurrentAgentsCount = MetricFamily(
        "ape_concurrent_agents_count",
        .untyped,
        "The same under the name that older dashboards ask for."
    )
    static let targetAgents = MetricFamily("ape_target_agents", .gauge, "Agents that the stage asks for.")
    static let assignedAgents = MetricFamily(
        "ape_assigned_agents",
        .gauge,
        "Agents that workers were told to run."
    )
    static let workers = MetricFamily(
        "ape_workers",
        .gauge,
        "Workers that have joined, by how they stand; a lost one is replaced once another of its name joins.",
        labels: ["standing"]
    )
    static let workersExpected = MetricFamily("ape_workers_expected", .gauge, "Workers that the run waits for.")
    static let waitingWindows = MetricFamily(
        "ape_coordinator_waiting_windows",
        .gauge,
        "Windows received that are not stored yet."
    )
    static let inferenceCost = MetricFamily(
        "ape_inference_cost_total",
        .counter,
        "What the model's tokens have cost so far, in the currency of the scenario's price."
    )
    static let thresholdStatus = MetricFamily(
        "ape_threshold_status",
        .gauge,
        "1 for how a threshold stands by what was measured so far (PASS, FAIL or INCONCLUSIVE), 0 for the others.",
        labels: ["threshold", "status"]
    )
    static let thresholdValue = MetricFamily(
        "ape_threshold_value",
        .gauge,
        "What a threshold's figure has come to, in the unit of its limit: seconds, percent, a rate or a number.",
        labels: ["threshold"]
    )

    static let workerInfo = MetricFamily(
        "ape_worker_info",
        .gauge,
        "Always 1: the version of APE that a worker said it is when it joined.",
        labels: ["worker", "version"]
    )
    static let windowsReceived = MetricFamily(
        "ape_windows_received_total",
        .counter,
        "Windows of a worker that are stored.",
        labels: ["worker"]
    )
    static let windowsLate = MetricFamily(
        "ape_windows_late_total",
        .counter,
        "Of these, windows that came more than 5 s after their end.",
        labels: ["worker"]
    )
    static let windowsDuplicate = MetricFamily(
        "ape_windows_duplicate_total",
        .counter,
        "Times that a window came which had come before.",
        labels: ["worker"]
    )
    static let windowsDropped = MetricFamily(
        "ape_windows_dropped_total",
        .counter,
        "Windows that a worker could not keep.",
        labels: ["worker"]
    )

    private static let goals = LoadMetric.ofGoals.map(\.family)

    /// All that a coordinator shows, in the order of its page.
    static let ofCoordinator: [MetricFamily] =
        [
            runInfo, runStart, runPhase, runStage, runStages, concurrentAgents, concurrentAgentsCount, targetAgents,
            assignedAgents, workersExpected, workers, waitingWindows, inferenceCost,
            thresholdStatus, thresholdValue, workerInfo,
        ] + ofEachWorker + [windowsReceived, windowsLate, windowsDuplicate, windowsDropped] + load + goals
}
