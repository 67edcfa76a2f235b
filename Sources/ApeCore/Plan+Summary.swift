extension Plan {
    /// Stages that ``summary`` names before it leaves some out.
    private static let namedStages = 12

    /// The plan in a few words, such as `10 -> 50 -> 1000 agents, 60s each, then 500 agents, 30m`.
    package var summary: String {
        guard !stages.isEmpty else { return "no stages" }
        let named = stages.count <= Self.namedStages ? stages : Array(stages.prefix(Self.namedStages - 1))
        var groups: [[Stage]] = []
        for stage in named {
            if let last = groups.last?.last, last.holdText == stage.holdText {
                groups[groups.count - 1].append(stage)
            } else {
                groups.append([stage])
            }
        }
        let words = groups.map { group in
            let loads = group.map { "\($0.agents)" }.joined(separator: " -> ")
            let noun = group.count == 1 && group[0].agents == 1 ? "agent" : "agents"
            return "\(loads) \(noun), \(group[0].holdText)\(group.count > 1 ? " each" : "")"
        }
        let rest = stages.count - named.count
        let more = rest > 0 ? ["\(rest.counting("stage")) more of at most \(peakAgents.counting("agent"))"] : []
        return (words + more).joined(separator: ", then ")
    }

    /// The SHA-256 of everything that the plan says of its stages, in 64 hexadecimal digits.
    package var sha256: String {
        JSONValue.array(stages.map { [$0.document, .bool($0.isOpen)] }).sha256
    }
}

extension Stage {
    fileprivate var holdText: String { isOpen ? "held until it is ended" : DurationText.text(micros: holdMicros) }
}
