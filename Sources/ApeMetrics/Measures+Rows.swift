import ApeCore

extension GapBreakdown {
    /// A part's mean over all gaps; nil without gaps.
    package func meanMicros(_ part: Part) -> Double? { meanMicros(of: self[part: part]) }

    /// Of so much time, what falls to each gap; nil without gaps.
    package func meanMicros(of micros: Int64) -> Double? { gaps > 0 ? Double(micros) / Double(gaps) : nil }

    /// A part's share of the gaps, 0 to 1; nil where they took no time.
    package func share(_ part: Part) -> Double? { share(of: self[part: part]) }

    /// What share of the gaps so much time is, 0 to 1; nil where they took no time.
    package func share(of micros: Int64) -> Double? {
        gapMicros == 0 ? nil : min(1, Double(micros) / Double(gapMicros))
    }

    /// The mean gap; nil without gaps.
    package var meanMicros: Double? { meanMicros(of: gapMicros) }
}

extension GapBreakdown.Part {
    /// Its name for people.
    package var title: String {
        switch self {
        case .firstToken: "first token"
        case .generation: "generation"
        case .target: "target"
        case .think: "think"
        case .retryWait: "retry wait"
        case .overhead: "own overhead"
        }
    }
}

extension Measures {
    /// Attempts at each route that failed.
    package var errorsByRoute: [String: Int64] {
        routeFailures.reduce(into: [:]) { $0[$1.route] = ($0[$1.route] ?? 0).addingClamped($1.count) }
    }

    /// The labels of a family with their numbers, the greatest first.
    package func sortedReasons(of family: CounterFamily) -> [(reason: String, number: Int64)] {
        labels(of: family).map { ($0.key, $0.value) }
            .sorted { $0.1 == $1.1 ? $0.0 < $1.0 : $0.1 > $1.1 }
    }
}
