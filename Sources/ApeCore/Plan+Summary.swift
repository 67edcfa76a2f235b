extension Plan {
    /// Stages that ``summary`` names before it leaves some out.
    private static let namedStages = 12

    /// The plan in a few words, such as `10 -> 50 -> 1000 agents, 60s each, then 500 agents, 30m`.
    package var summary: String {
        if let search { return search.summary }
        guard !stages.isEmpty else { return "no stages" }
        let named = stages.count <= Self.namedStages ? stages : Array(stages.prefix(Self.namedStages - 1))
        var groups: [[Stage]] = []
        for stage in named {
            if let last = groups.last?.last, last.holdText == stage.holdText, last.crowdText == stage.crowdText {
                groups[groups.count - 1].append(stage)
            } else {
                groups.append([stage])
            }
        }
        let words = groups.map { group in
            let loads = group.map(\.loadText).joined(separator: " -> ")
            let noun = group.count == 1 && group[0].agents == 1 ? "agent" : "agents"
            let words = "\(loads) \(group[0].crowdText ?? noun)"
            return "\(words), \(group[0].holdText)\(group.count > 1 ? " each" : "")"
        }
        let rest = stages.count - named.count
        let more = rest > 0 ? ["\(rest.counting("stage")) more of at most \(peakAgents.counting("agent"))"] : []
        return (words + more).joined(separator: ", then ")
    }

    /// The SHA-256 of everything that the plan says, in 64 hexadecimal digits. What a search makes of it does not count.
    package var sha256: String {
        search?.sha256 ?? JSONValue.array(stages.map { [$0.document, .bool($0.isOpen)] }).sha256
    }
}

extension CapacitySearch {
    fileprivate var summary: String {
        let most = quantity == .sessions ? " of at most \(agents.counting("agent"))" : ""
        let share = Decimals.text(100 * precision, places: 1)
        return "search from \(digits(from)) to \(words(to))\(most), holds of \(DurationText.text(micros: holdMicros)), "
            + "to \(share) %"
    }

    fileprivate var sha256: String {
        let numbers: [JSONValue] = [
            .string(quantity.rawValue), .number(from), .number(to), .integer(Int64(agents)), .integer(holdMicros),
            rampMicros.map { .integer($0) } ?? .null, .integer(warmupMicros), .number(precision),
        ]
        return JSONValue.array(numbers).sha256
    }
}

extension Stage {
    fileprivate var loadText: String { arrivals?.text ?? "\(agents)" }

    /// What follows the load of a stage at which sessions arrive; nil for one of agents alone.
    fileprivate var crowdText: String? {
        arrivals.map { "sessions \($0.pattern == .even ? "evenly " : "")by at most \(agents.counting("agent"))" }
    }

    fileprivate var holdText: String { isOpen ? "held until it is ended" : DurationText.text(micros: holdMicros) }
}
