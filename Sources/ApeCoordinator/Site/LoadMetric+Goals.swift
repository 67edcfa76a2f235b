import ApeHTTP
import ApeMetrics

extension LoadMetric {
    /// What a coordinator alone shows, in the order of its page: a worker's share of a goal says little.
    static let ofGoals: [LoadMetric] = [
        LoadMetric(
            "ape_goal_successful_sessions_total",
            "Of the successful sessions those of a goal.",
            .labels(.goalSessionsSucceeded)
        ),
        LoadMetric(
            "ape_goal_successful_stateful_sessions_total",
            "Of those that the KPI counts a goal's.",
            .labels(.goalSessionsSuccessfulStateful)
        ),
        LoadMetric(
            "ape_goal_failed_sessions_total",
            "Of the failed sessions those of a goal.",
            .labels(.goalSessionsFailed)
        ),
    ]
}
