import ApeCore
import ApeMetrics

/// What the load generator itself adds to the means of a hold, in microseconds.
///
/// **The generator's share.** INCONCLUSIVE when the verdict could turn on the generator itself: the value passes without
/// the generator's own delay (event-loop lag, overhead, dispatch) and fails with it, or that delay is over 5 % of the
/// value; when `harness_*` failures are over 1 % of sessions or of agents' time; when a worker's process is at its CPU
/// limit; when more than 1 % of windows are missing.
struct GeneratorDelay: Sendable, Equatable {
    /// A delay of more than this share of a value spoils it.
    static let shareLimit = 0.05

    /// Of each gap: the own work in it, and the loops' lag once for each answer that is waited for in it.
    var gapMicros: Double
    /// Of each first token: the loops' lag.
    var ttftMicros: Double

    init(_ hold: Measures, lag: LoopLag) {
        let (parts, lagMicros) = (hold.gapBreakdown, lag.meanMicros)
        // The action's answer is one, and each decision's is another.
        let answers = 1 + Double(hold[CounterName.decisions]) / Double(max(1, parts.gaps))
        gapMicros = (parts.meanMicros(.overhead) ?? 0) + answers * lagMicros
        ttftMicros = lagMicros
    }

    subscript(_ series: JudgedSeries) -> Double { series == .gap ? gapMicros : ttftMicros }

    /// The delay's share of the hold's mean gap or mean first token, the greater one; nil where there is neither.
    func share(of hold: Measures) -> Double? {
        JudgedSeries.allCases.compactMap { series in
            hold[series.name].meanMicros.flatMap { $0 > 0 ? self[series] / $0 : nil }
        }.max()
    }
}
