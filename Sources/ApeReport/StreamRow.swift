import ApeCore
import ApeMetrics
import ApeRun

/// What every format shows of a route whose answers are streams of events.
package struct StreamRow: Sendable, Equatable {
    let route: String
    let events: Int64
    /// Answers without an event.
    let silent: Int64
    /// Answers that went on when they had been listened to for as long as the scenario says.
    let left: Int64
    /// Answers as such: with an event, or without.
    let answers: Int64
    /// From each request to its first event.
    let firstEvent: SeriesRow
    /// From each event to the next.
    let eventGap: SeriesRow

    /// The routes with such answers, by name.
    static func rows(of measures: Measures) -> [StreamRow] {
        measures.counters.keys.compactMap { name in
            name.isOf(.routeEvents) ? name.labelValue.map { StreamRow($0, measures) } : nil
        }
        .sorted { $0.route < $1.route }
    }

    private init(_ route: String, _ measures: Measures) {
        self.route = route
        events = measures[CounterFamily.routeEvents[route]]
        silent = measures[CounterFamily.silentStreams[route]]
        left = measures[CounterFamily.leftStreams[route]]
        answers = measures[CounterFamily.streams[route]]
        firstEvent = SeriesRow(measures[SeriesFamily.firstEvent[route]])
        eventGap = SeriesRow(measures[SeriesFamily.eventGap[route]])
    }

    package var json: JSONValue {
        [
            "route": .string(route), "answers": .integer(answers), "events": .integer(events),
            "answers_without_event": .integer(silent), "answers_left": .integer(left),
            "first_event": firstEvent.json, "event_gap": eventGap.json,
        ]
    }

    /// The columns of a table behind the route.
    static let titles = [
        "Answers", "Left", "Without event", "Events", "First event", "p95", "p99", "Gap", "Gap p99", "Gap max",
    ]
}
