import ApeCore
import ApeMetrics
import ApeRun

/// What every format shows of the connections to one target, or to the model's endpoint.
package struct ConnectionRow: Sendable, Equatable {
    /// The target's name, or ``PeerNames/model``.
    package let peer: String
    let opened: Int64
    /// How often a request went over a connection that was open already.
    let reused: Int64
    /// Connections that could not be opened.
    let failed: Int64
    /// How often a request went out again because its connection ended before the answer.
    let repeated: Int64
    let nameLookup: SeriesRow
    let connect: SeriesRow
    let tls: SeriesRow

    /// The peers of some measurements, the model's endpoint last.
    ///
    /// - Parameter measures: connections are opened in ramps, too: those of a whole run.
    /// - Returns: a row for each peer that a connection was opened, used or tried to.
    static func rows(of measures: Measures) -> [ConnectionRow] {
        let families: [CounterFamily] = [.connectionsOpened, .connectionsReused, .connectionsFailed]
        let peers = measures.counters.keys.reduce(into: Set<String>()) { peers, name in
            guard let peer = name.labelValue, families.contains(where: name.isOf) else { return }
            peers.insert(peer)
        }
        return peers.map { ConnectionRow($0, measures) }.sorted {
            ($0.peer == PeerNames.model ? 1 : 0, $0.peer) < ($1.peer == PeerNames.model ? 1 : 0, $1.peer)
        }
    }

    private init(_ peer: String, _ measures: Measures) {
        func series(_ family: SeriesFamily) -> SeriesRow { SeriesRow(measures.series[family[peer]] ?? Histogram()) }
        self.peer = peer
        opened = measures[CounterFamily.connectionsOpened[peer]]
        reused = measures[CounterFamily.connectionsReused[peer]]
        failed = measures[CounterFamily.connectionsFailed[peer]]
        repeated = measures[CounterFamily.requestsRepeated[peer]]
        nameLookup = series(.nameLookup)
        connect = series(.connect)
        tls = series(.tls)
    }
}

extension ConnectionRow {
    package var json: JSONValue {
        [
            "peer": .string(peer), "opened": .integer(opened), "reused": .integer(reused), "failed": .integer(failed),
            "repeated_requests": .integer(repeated), "name_lookup": nameLookup.json, "connect": connect.json,
            "tls": tls.json,
        ]
    }

    /// The peer's name for people.
    var title: String { peer == PeerNames.model ? "the model's endpoint" : peer }

    /// What a terminal says of the connections, such as `shop: 1000 opened (1.2 ms mean, TLS 3.4 ms), 81,000 reuses`.
    static func sentence(_ rows: [ConnectionRow]) -> String? {
        guard !rows.isEmpty else { return nil }
        return "Connections: " + rows.map(\.words).joined(separator: "; ") + "."
    }

    private var words: String {
        var times = connect.meanMicros.map { FigureText.milliseconds(micros: $0) + " in the mean" } ?? ""
        if let mean = tls.meanMicros { times += ", TLS " + FigureText.milliseconds(micros: mean) }
        var words =
            "\(title) \(opened) opened" + (times.isEmpty ? "" : " (\(times))") + ", reused \(reused.counting("time"))"
        if failed > 0 { words += ", \(failed) could not be opened" }
        if repeated > 0 { words += ", \(repeated.counting("request")) sent again" }
        return words
    }
}
