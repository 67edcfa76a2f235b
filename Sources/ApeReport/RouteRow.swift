import ApeCore
import ApeMetrics
import ApeRun

/// What every format shows of a target's route.
package struct RouteRow: Sendable, Equatable {
    package let name: String
    /// The times to its answers.
    package let answers: SeriesRow
    /// The times to those that were as they should be.
    package let good: SeriesRow
    /// Its share of the time that answers of all routes took; nil where none took any.
    package let share: Double?
    /// Attempts, retries and verifications included; nil where they were not counted.
    package let requests: Int64?
    /// Attempts that failed.
    package let errors: Int64
    /// The gaps that began with an action on it.
    package let gap: GapBreakdown

    /// The routes of some measurements, the one whose answers took the most time in all first.
    package static func rows(of measures: Measures) -> [RouteRow] {
        let (gaps, requests, errors) = (measures.routeBreakdowns, measures.routeRequests, measures.errorsByRoute)
        let answers = measures.routeAnswers
        let total = answers.values.reduce(Int64(0)) { $0.addingClamped($1.all.sumMicros) }
        return Set(answers.keys).union(requests.keys).union(gaps.keys)
            .map { name in
                let histogram = answers[name]?.all ?? Histogram()
                return RouteRow(
                    name: name,
                    answers: SeriesRow(histogram),
                    good: SeriesRow(answers[name]?.good ?? Histogram()),
                    share: total > 0 ? Double(histogram.sumMicros) / Double(total) : nil,
                    requests: requests[name],
                    errors: errors[name] ?? 0,
                    gap: gaps[name] ?? GapBreakdown()
                )
            }
            .sorted { ($0.answers.sumMicros, $1.name) > ($1.answers.sumMicros, $0.name) }
    }
}
