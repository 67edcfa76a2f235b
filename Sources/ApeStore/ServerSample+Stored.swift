import ApeCore
import ApeMetrics

/// What a server showed, as it is stored: one JSON object, its figures in their order.
extension ServerSample {
    var stored: JSONValue {
        var object: JSONObject = [
            "at_us": .integer(at.micros), "server": .string(server), "every_us": .integer(everyMicros),
            "party": .string(party.rawValue),
        ]
        if !figures.isEmpty {
            object["figures"] = .array(
                figures.map { [.string($0.series), .string($0.kind.rawValue), .number($0.value)] }
            )
        }
        if !absent.isEmpty { object["absent"] = .array(absent.map { .string($0) }) }
        if let failure { object["failure"] = .string(failure) }
        if hasRestarted { object["restarted"] = true }
        return .object(object)
    }

    /// nil for what ``stored`` has not written.
    init?(stored: JSONValue) {
        guard let server = stored["server"]?.string, let at = stored["at_us"]?.integer,
            WindowBounds.moments.contains(at),
            let every = stored["every_us"]?.integer, (1...86_400_000_000).contains(every),
            let party = stored["party"]?.string.flatMap(ScrapeTarget.Side.init)
        else { return nil }
        self.init(server: server, at: FleetTime(micros: at), everyMicros: every, party: party)
        for part in stored["figures"]?.array ?? [] {
            guard let parts = part.array, parts.count == 3, let series = parts[0].string,
                let kind = parts[1].string.flatMap(ServerFigure.Kind.init), let value = parts[2].number, value.isFinite
            else { return nil }
            figures.append(ServerFigure(series, kind, value))
        }
        absent = (stored["absent"]?.array ?? []).compactMap(\.string)
        failure = stored["failure"]?.string
        hasRestarted = stored["restarted"]?.bool ?? false
    }
}
