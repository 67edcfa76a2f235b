import ApeCore

/// What one question to a server came to: its figures, or why there are none.
package struct ServerSample: Sendable, Equatable {
    /// The server's name in the scenario.
    package var server: String
    /// When it was asked; fleet time.
    package var at: FleetTime
    /// How often it is asked.
    package var everyMicros: Int64
    package var party: ScrapeTarget.Side
    package var figures: [ServerFigure] = []
    /// Series that the scenario names and the page does not show.
    package var absent: [String] = []
    /// Why there are no figures, in a few words; nil where there are.
    package var failure: String?
    /// Whether a counter began anew: the server has restarted since the question before.
    package var hasRestarted = false

    package init(server: String, at: FleetTime, everyMicros: Int64, party: ScrapeTarget.Side) {
        (self.server, self.at, self.everyMicros, self.party) = (server, at, everyMicros, party)
    }

    /// The second of fleet time that it belongs to.
    package var second: Int64 { max(0, at.micros) / 1_000_000 }
}
