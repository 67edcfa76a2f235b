import ApeCore
import ApeFleet
import ApeMetrics

/// What is kept of one server's own figures.
package struct ServerLedger: Sendable, Equatable {
    /// The most series of a server that are kept.
    static let maximumSeries = 4 * ScrapeTarget.maximumSeries
    /// The most moments of one kind that are kept.
    private static let maximumMoments = 100

    /// One figure.
    package struct Series: Sendable, Equatable {
        package var name: String
        package var kind: ServerFigure.Kind
        package var line = ServerLine()
        /// By stage.
        package var holds: [Int: ServerHold] = [:]

        package var unit: ServerUnit { ServerUnit(of: name, kind) }
    }

    package let name: String
    package private(set) var party: ScrapeTarget.Side
    package private(set) var everyMicros: Int64
    /// In the order in which they were first seen.
    package private(set) var series: [Series] = []
    /// By stage, over its hold.
    package private(set) var answers: [Int: ServerAnswers] = [:]
    /// When a counter began anew; fleet time.
    package private(set) var restarts: [FleetTime] = []
    /// Series that the scenario names and that were never seen.
    package private(set) var absent: [String] = []
    /// Since when it has not answered; nil while it does.
    private var silentSince: FleetTime?
    private var outages = 0
    private var hasAnswered = false

    init(_ sample: ServerSample) {
        (name, party, everyMicros) = (sample.server, sample.party, sample.everyMicros)
    }

    /// Adds what a question came to.
    ///
    /// - Parameters:
    ///   - sample: its figures.
    ///   - hold: the stage, and the second of its hold, in which it was asked; nil outside holds.
    /// - Returns: what people are told of it.
    mutating func add(_ sample: ServerSample, hold: (stage: Int, offset: Int64)?) -> [FleetEvent] {
        everyMicros = sample.everyMicros
        if let hold { answers[hold.stage, default: ServerAnswers()].add(sample) }
        guard sample.failure == nil else { return silent(sample) }
        // Only its figures tell whose server it is.
        party = sample.party
        var events = returned(sample)
        for figure in sample.figures where figure.value.isFinite {
            guard let place = place(of: figure) else { continue }
            series[place].line.add(figure.value, second: sample.second)
            if let hold {
                series[place].holds[hold.stage, default: ServerHold()].add(figure.value, offset: hold.offset)
            }
        }
        if sample.hasRestarted, restarts.count < Self.maximumMoments {
            restarts.append(sample.at)
            events.append(event(sample.at, .warning, "server_restarted", "\(name) restarted: its counters began anew"))
        }
        if !hasAnswered {
            hasAnswered = true
            absent = Array(sample.absent.prefix(ScrapeTarget.maximumSeries))
            if !absent.isEmpty {
                let words = "\(name) does not show \(absent.joined(separator: ", "))"
                events.append(event(sample.at, .warning, "series_absent", words))
            }
        }
        absent.removeAll { !sample.absent.contains($0) }
        return events
    }

    private mutating func place(of figure: ServerFigure) -> Int? {
        if let place = series.firstIndex(where: { $0.name == figure.series && $0.kind == figure.kind }) { return place }
        guard series.count < Self.maximumSeries else { return nil }
        series.append(Series(name: figure.series, kind: figure.kind))
        return series.count - 1
    }

    private mutating func silent(_ sample: ServerSample) -> [FleetEvent] {
        guard silentSince == nil, let reason = sample.failure else { return [] }
        silentSince = sample.at
        outages += 1
        guard outages <= Self.maximumMoments else { return [] }
        return [event(sample.at, .warning, "server_silent", "\(name) shows no figures: \(reason)")]
    }

    private mutating func returned(_ sample: ServerSample) -> [FleetEvent] {
        guard let since = silentSince else { return [] }
        silentSince = nil
        guard outages <= Self.maximumMoments else { return [] }
        let seconds = Decimals.text(Double((sample.at - since).micros) / 1_000_000, places: 0)
        return [event(sample.at, .info, "server_returned", "\(name) shows its figures again after \(seconds) s")]
    }

    private func event(_ at: FleetTime, _ level: Level, _ code: String, _ message: String) -> FleetEvent {
        FleetEvent(at: at, level: level, code: code, message: message)
    }

    /// A stage starts over: what its hold had is forgotten.
    mutating func forget(stage: Int) {
        answers[stage] = nil
        for place in series.indices { series[place].holds[stage] = nil }
    }

    /// The same as if a stage were the only one.
    func alone(_ stage: Int) -> Self {
        var alone = self
        alone.answers = answers[stage].map { [0: $0] } ?? [:]
        for place in series.indices { alone.series[place].holds = series[place].holds[stage].map { [0: $0] } ?? [:] }
        return alone
    }
}
