import ApeCore

/// What gaps were spent on: exact sums, so that breakdowns add up over agents, seconds and workers.
///
/// The parts of a gap sum to it, to the microsecond: whatever nothing else claims is the client's own overhead. A peer
/// that measures otherwise is shown as it says.
package struct GapBreakdown: Sendable, Equatable {
    /// How many gaps they are.
    package var gaps: Int64 = 0
    /// The gaps themselves, together.
    package var gapMicros: Int64 = 0
    /// Waiting for a decision's first token, failed attempts among it; all of a decision that brought none.
    package var firstTokenMicros: Int64 = 0
    /// From a decision's first token to its end.
    package var generationMicros: Int64 = 0
    /// Waiting for the target.
    package var targetMicros: Int64 = 0
    package var thinkMicros: Int64 = 0
    /// Waiting before retries and for the rate governor.
    package var retryWaitMicros: Int64 = 0
    /// The client's own work.
    package var overheadMicros: Int64 = 0

    /// One of the parts that sum to a gap; its raw value is its name in counters and reports.
    package enum Part: String, Sendable, CaseIterable {
        case firstToken = "first_token"
        case generation
        case target
        case think
        case retryWait = "retry_wait"
        case overhead
    }

    package init() {}

    /// One part's sum.
    package subscript(part part: Part) -> Int64 {
        get {
            switch part {
            case .firstToken: firstTokenMicros
            case .generation: generationMicros
            case .target: targetMicros
            case .think: thinkMicros
            case .retryWait: retryWaitMicros
            case .overhead: overheadMicros
            }
        }
        set {
            switch part {
            case .firstToken: firstTokenMicros = newValue
            case .generation: generationMicros = newValue
            case .target: targetMicros = newValue
            case .think: thinkMicros = newValue
            case .retryWait: retryWaitMicros = newValue
            case .overhead: overheadMicros = newValue
            }
        }
    }

    /// Decisions, the waits before their retries left out.
    package var decisionMicros: Int64 { firstTokenMicros.addingClamped(generationMicros) }

    /// What the parts sum to.
    package var partsMicros: Int64 {
        Part.allCases.reduce(0) { $0.addingClamped(self[part: $1]) }
    }

    package mutating func add(_ other: GapBreakdown) {
        gaps = gaps.addingClamped(other.gaps)
        gapMicros = gapMicros.addingClamped(other.gapMicros)
        for part in Part.allCases { self[part: part] = self[part: part].addingClamped(other[part: part]) }
    }
}

extension GapBreakdown {
    /// The breakdown of all gaps of some series. A worker that does not split its decisions has them as waiting.
    package init(series: [SeriesName: Histogram]) {
        func sum(_ name: SeriesName) -> Int64 { series[name]?.sumMicros ?? 0 }
        gaps = series[.gap]?.count ?? 0
        gapMicros = sum(.gap)
        generationMicros = min(sum(.decisionGeneration), sum(.decision))
        firstTokenMicros = sum(.decision) - generationMicros
        targetMicros = sum(.target)
        thinkMicros = sum(.think)
        retryWaitMicros = sum(.retryWait)
        overheadMicros = sum(.overhead)
    }
}

/// What gaps are told apart by; the raw value begins the counters' names.
package enum GapLabel: String, Sendable, CaseIterable {
    /// The session's goal.
    case goal
    /// The route of the action that began the gap.
    case route

    private var key: LabelKey {
        switch self {
        case .goal: .goal
        case .route: .route
        }
    }

    /// The counter of gaps.
    var gapsFamily: CounterFamily { CounterFamily(name: "\(rawValue)_gaps", label: key) }
    /// The counter of their sum.
    var gapFamily: CounterFamily { CounterFamily(name: "\(rawValue)_gap_us", label: key) }
    func family(_ part: GapBreakdown.Part) -> CounterFamily {
        CounterFamily(name: "\(rawValue)_\(part.rawValue)_us", label: key)
    }

    /// All counters of gaps that the label tells apart: their number, their sum, and the parts of it.
    package var families: [CounterFamily] { [gapsFamily, gapFamily] + GapBreakdown.Part.allCases.map(family) }
}

extension GapBreakdown {
    /// The counters that carry this breakdown for one value of a label, those that are 0 left out.
    func counters(_ label: GapLabel, _ value: String) -> [(name: CounterName, number: Int64)] {
        let families =
            [(label.gapsFamily, gaps), (label.gapFamily, gapMicros)]
            + Part.allCases.map { (label.family($0), self[part: $0]) }
        return families.filter { $0.1 != 0 }.map { ($0.0[value], $0.1) }
    }
}

extension Measures {
    /// The breakdown of all gaps.
    package var gapBreakdown: GapBreakdown { GapBreakdown(series: series) }

    /// The breakdowns of gaps by goal.
    package var goalBreakdowns: [String: GapBreakdown] { breakdowns(by: .goal) }

    /// The breakdowns of gaps by the route of the action that began them.
    package var routeBreakdowns: [String: GapBreakdown] { breakdowns(by: .route) }

    private func breakdowns(by label: GapLabel) -> [String: GapBreakdown] {
        var found: [String: GapBreakdown] = [:]
        for (value, number) in labels(of: label.gapsFamily) {
            found[value, default: GapBreakdown()].gaps = number
        }
        for (value, number) in labels(of: label.gapFamily) {
            found[value, default: GapBreakdown()].gapMicros = number
        }
        for part in GapBreakdown.Part.allCases {
            for (value, number) in labels(of: label.family(part)) {
                found[value, default: GapBreakdown()][part: part] = number
            }
        }
        return found
    }
}
