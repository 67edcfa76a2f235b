import ApeCore

/// What a threshold reads out of windows, its names and labels understood.
package enum ThresholdQuantity: Sendable, Equatable {
    /// Durations, of which a mean, an extreme or a percentile is asked.
    case durations(DurationSource)
    /// A mean of durations of which only sum and number are known: microseconds over samples.
    case mean(sum: NumberSource, number: NumberSource)
    /// A number, of which a count, a rate, or a share of `whole` is asked. Without anything in `whole` nothing is known.
    case number(NumberSource, whole: NumberSource?)
    /// A server's own figure, of which a mean, an extreme or a percentile over moments is asked.
    case server(ServerSource)
}

/// Durations that are read out of the windows' series.
package struct DurationSource: Sendable, Equatable {
    enum Samples: Sendable, Equatable {
        case series(SeriesName)
        /// One value of the label; nil for all together.
        case family(SeriesFamily, String?)
    }

    var all: Samples
    /// Those of `all` that failed. They are left out, so that fast errors flatter nobody, but where they took longer than
    /// the limit: what did not come is evidence too.
    var failed: Samples?
    /// What never ended, beside `all`: it counts as longer than any limit.
    var endless: SeriesName?
}

extension DurationSource {
    /// The durations of a window.
    ///
    /// - Parameters:
    ///   - series: the window's.
    ///   - limitMicros: the limit that they are held against; nil where great durations are no failure.
    /// - Returns: a distribution. What never ended stands in it as just longer than the limit.
    package func durations(in series: [SeriesName: Histogram], limitMicros: Int64?) -> Histogram {
        var durations = all.durations(in: series)
        if let failed = failed?.durations(in: series), !failed.isEmpty {
            durations = durations.subtracting(failed)
            if let limitMicros { durations.merge(failed.samples(above: limitMicros)) }
        }
        if let endless = endless.flatMap({ series[$0] }), let limitMicros {
            durations.merge(endless.raised(above: limitMicros))
        }
        return durations
    }
}

extension DurationSource.Samples {
    func durations(in series: [SeriesName: Histogram]) -> Histogram {
        switch self {
        case .series(let name): return series[name] ?? Histogram()
        case .family(let family, let value?): return series[family[value]] ?? Histogram()
        case .family(let family, nil):
            return series.reduce(into: Histogram()) { sum, entry in
                if entry.key.value(in: family) != nil { sum.merge(entry.value) }
            }
        }
    }
}

/// A number that is added up over windows' counters.
package struct NumberSource: Sendable, Equatable {
    enum Term: Sendable, Equatable {
        case counter(CounterName)
        /// One value of the label; nil for all together.
        case family(CounterFamily, String?)
        /// Sessions that failed so.
        case failures(FailureFilter)
        /// Attempts at routes that failed so.
        case routeErrors(FailureFilter)
        /// The samples of a series.
        case samples(SeriesName)
    }

    var terms: [Term]

    init(_ terms: Term...) {
        self.terms = terms
    }

    /// The number in a window.
    package func number(in window: Window) -> Int64 {
        terms.reduce(0) { $0.addingClamped($1.number(in: window)) }
    }
}

extension NumberSource.Term {
    fileprivate func number(in window: Window) -> Int64 {
        switch self {
        case .counter(let name): return window.counters[name] ?? 0
        case .family(let family, let value?): return window.counters[family[value]] ?? 0
        case .family(let family, nil): return sum(of: family, in: window) { _ in true }
        case .failures(let filter): return sum(of: .sessionFailures, in: window, where: filter.matches(session:))
        case .routeErrors(let filter): return sum(of: .routeErrors, in: window, where: filter.matches(route:))
        case .samples(let name): return window.series[name]?.count ?? 0
        }
    }

    private func sum(of family: CounterFamily, in window: Window, where matches: (String) -> Bool) -> Int64 {
        window.counters.reduce(0) { sum, entry in
            guard entry.value > 0, entry.key.isOf(family), let label = entry.key.labelValue, matches(label) else {
                return sum
            }
            return sum.addingClamped(entry.value)
        }
    }
}

/// What a failure must be to be counted; nil for what does not matter.
struct FailureFilter: Sendable, Equatable {
    var reason: String?
    var status: String?
    var route: String?
    var goal: String?
    var party: Party?

    /// Whether a label of ``CounterFamily/sessionFailures`` fits.
    func matches(session label: String) -> Bool {
        guard let failure = SessionFailureLabel(label) else { return false }
        return Self.fits(reason, failure.reason.rawValue) && Self.fits(status, failure.status.map { "\($0)" })
            && Self.fits(route, failure.route) && Self.fits(goal, failure.goal)
            && (party.map { $0 == failure.reason.party } ?? true)
    }

    /// Whether a label of ``CounterFamily/routeErrors`` fits. A reason is a status or the fault of an attempt.
    func matches(route label: String) -> Bool {
        let failure = RouteFailure(label: label, count: 0, requests: [:])
        return Self.fits(reason, failure.status) && Self.fits(status, failure.status)
            && Self.fits(route, failure.route) && (party.map { $0 == failure.party } ?? true)
    }

    private static func fits(_ wanted: String?, _ found: String?) -> Bool { wanted.map { $0 == found } ?? true }
}
