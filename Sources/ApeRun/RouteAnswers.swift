import ApeMetrics

/// The answers of a target's routes.
///
/// Latencies of a route are shown over all answers and over those that were as they should be; thresholds and diagnosis take
/// the latter, so that fast errors flatter nobody.
package struct RouteAnswers: Sendable, Equatable {
    package var all = Histogram()
    /// Those that were as they should be.
    package var good = Histogram()
}

extension Measures {
    /// The answers by route.
    package var routeAnswers: [String: RouteAnswers] {
        var answers: [String: RouteAnswers] = [:]
        for (name, histogram) in series {
            guard let route = name.value(in: .targetRoute) else { continue }
            answers[route] = RouteAnswers(
                all: histogram,
                good: histogram.subtracting(self[SeriesFamily.failedRoute[route]])
            )
        }
        return answers
    }
}
