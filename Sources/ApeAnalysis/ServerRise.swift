import ApeCore
import ApeMetrics
import ApeRun

/// A figure of a server that rose while the users' wait did.
///
/// Both are taken over equal parts of the stages' holds, so that a second's noise does not count. They rose together where
/// their rank correlation (Spearman's) is at least ``leastCorrelation`` and chance brings as much in fewer than one of
/// ``odds``, and where the parts with the longest waits show clearly more than those with the shortest. It is what was seen,
/// not what caused it.
struct ServerRise: Equatable {
    /// The parts of one hold.
    static let holdParts = 10
    /// Seconds that a part has at least.
    static let partSeconds = 3
    /// Fewer parts than these tell nothing.
    static let leastParts = 6
    static let leastCorrelation = 0.6
    /// A server shows a dozen series: of a thousand that have nothing to do with the wait one may seem to.
    static let odds = 0.001
    /// How many times as much the upper third must be as the lower.
    static let leastGrowth = 1.5

    var server: String
    var series: String
    var unit: ServerUnit
    /// In the third of the parts with the shortest waits, and in that with the longest.
    var figure: (from: Double, to: Double)
    /// In seconds.
    var wait: (from: Double, to: Double)

    static func == (left: Self, right: Self) -> Bool {
        (left.server, left.series, left.unit, left.figure.from, left.figure.to)
            == (right.server, right.series, right.unit, right.figure.from, right.figure.to)
            && left.wait == right.wait
    }

    /// What rose, in the order in which it is known of such servers.
    ///
    /// - Parameters:
    ///   - ledger: the run's.
    ///   - stages: those that are looked at.
    ///   - party: whose servers.
    ///   - wait: the wait of a second.
    /// - Returns: the figures that rose with it.
    static func all(
        in ledger: RunLedger,
        stages: [Int],
        party: ScrapeTarget.Side,
        wait: (SecondTotals) -> SumAndCount
    ) -> [ServerRise] {
        let parts = stages.flatMap { Self.parts(of: ledger.stages[$0], wait) }
        return ledger.servers.servers.filter { $0.party == party }.flatMap { server -> [ServerRise] in
            // Where it fell silent nobody knows what it would have shown.
            guard silences(of: server, in: ledger, stages).isEmpty else { return [] }
            return server.series.filter(\.canExplain).compactMap { rise(of: $0, at: server, parts) }
        }
    }

    /// What a server did not show in some stages' holds.
    static func silences(of server: ServerLedger, in ledger: RunLedger, _ stages: [Int]) -> [String] {
        stages.compactMap { server.silence(in: $0, held: ledger.stages[$0].heldSeconds.count) }
    }

    /// Some neighbouring seconds of a hold.
    private struct Part {
        var seconds: Range<Int64>
        var wait: Double
    }

    private static func parts(of stage: StageLedger, _ wait: (SecondTotals) -> SumAndCount) -> [Part] {
        let (held, totals) = (stage.heldSeconds, Array(stage.holdTotals))
        let number = min(holdParts, totals.count / partSeconds)
        return (0..<number).compactMap { index in
            let (from, to) = (totals.count * index / number, totals.count * (index + 1) / number)
            let sum = totals[from..<to].reduce(into: SumAndCount()) { $0.add(wait($1)) }
            guard let mean = sum.meanMicros else { return nil }
            return Part(
                seconds: held.lowerBound + Int64(from)..<held.lowerBound + Int64(to),
                wait: mean / 1_000_000
            )
        }
    }

    private static func rise(of series: ServerLedger.Series, at server: ServerLedger, _ parts: [Part]) -> ServerRise? {
        let seen = parts.compactMap { part -> (wait: Double, value: Double)? in
            series.line.figures(in: part.seconds).mean.map { (part.wait, $0) }
        }.sorted { $0.wait < $1.wait }
        guard seen.count >= leastParts,
            RankCorrelation(seen.map(\.wait), seen.map(\.value)).isRise(atLeast: leastCorrelation, odds: odds)
        else { return nil }
        let third = seen.count / 3
        func mean(_ values: some Collection<Double>) -> Double { values.reduce(0, +) / Double(values.count) }
        let rise = ServerRise(
            server: server.name,
            series: series.name,
            unit: series.unit,
            figure: (mean(seen.prefix(third).map(\.value)), mean(seen.suffix(third).map(\.value))),
            wait: (mean(seen.prefix(third).map(\.wait)), mean(seen.suffix(third).map(\.wait)))
        )
        return rise.isClear ? rise : nil
    }

    private var isClear: Bool {
        figure.to - figure.from >= unit.leastRise && figure.to >= Self.leastGrowth * figure.from
            && wait.to >= Self.leastGrowth * wait.from
    }

    /// Such as `queue depth (vllm:num_requests_waiting) rose from 2 to 40 while time to first token rose from 0.300 s to
    /// 4.100 s`.
    func words(whatWaits: String) -> String {
        let known = ServerPreset.entry(of: String(series.prefix { $0 != "{" })).map { "\($0.words) (\(series))" }
        return
            "\(known ?? series) rose from \(unit.text(figure.from)) to \(unit.text(figure.to)) while \(whatWaits) rose "
            + "from \(FigureText.seconds(wait.from)) to \(FigureText.seconds(wait.to))"
    }
}

extension ServerLedger.Series {
    /// How much a server does rises with every load, and explains nothing; how full, how long and how busy may.
    fileprivate var canExplain: Bool { kind != .rate || unit == .secondsPerSecond }
}

extension ServerUnit {
    /// A smaller rise is none, whatever it is a multiple of.
    fileprivate var leastRise: Double {
        switch self {
        case .seconds: 0.01
        case .ratio: 0.05
        case .percent: 5
        case .number: 1
        case .secondsPerSecond: 0.1
        case .bytes, .perSecond, .bytesPerSecond: 0
        }
    }
}
