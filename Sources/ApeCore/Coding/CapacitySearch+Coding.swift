extension CapacitySearch: ScenarioMap {
    static let section = "plan.search"
    /// The key of a search in the plan's map.
    static let key = "search"

    static let settings: [ScenarioSetting<Self>] = [
        ScenarioSetting("of", \.quantity, .choice, "what there is more of until the run fails"),
        ScenarioSetting("from", \.from, .level, "the first try; where it fails, nothing passes"),
        ScenarioSetting(
            "to",
            \.to,
            .level,
            limits: ScenarioCodec.level.limits + ", not below `from`",
            "no try has more"
        ),
        ScenarioSetting(
            "agents",
            \.agents,
            .count(1...Plan.maximumAgents),
            "the most at once, where sessions are searched"
        ),
        ScenarioSetting("hold", \.holdMicros, .wholeSeconds(1...86_400), "what is judged of each try"),
        ScenarioSetting(
            "ramp",
            \.rampMicros,
            .wholeSeconds(0...86_400),
            usual: "1s for each 100 agents, 5s to 30s",
            "until all agents of a try have started"
        ),
        ScenarioSetting(
            "warmup",
            \.warmupMicros,
            .wholeSeconds(0...86_400),
            "measured and shown, never judged; longer after a try that took longer to drain"
        ),
        ScenarioSetting(
            "precision",
            \.precision,
            .share(0.005...0.5),
            "how far the least that fails may be above the most that passes"
        ),
    ]

    /// The search as a scenario has it, every setting written out.
    package var json: JSONValue { document }

    /// A search as ``json`` writes it; what is left out is taken from `base`.
    ///
    /// - Throws: ``ApeError`` of code `scenario` that lists every problem, one a line.
    package init(json: JSONValue, over base: CapacitySearch = CapacitySearch()) throws(ApeError) {
        var decoder = ScenarioDecoder(file: Self.key, loadFile: nil)
        let search = decoder.search(ScenarioField(node: DocumentNode(json: json), path: Self.key), over: base)
        if let error = decoder.error { throw error }
        self = search
    }
}

extension ScenarioCodec<Double> {
    /// Agents, or sessions a second, which may be written as a rate.
    fileprivate static var level: Self {
        let range = 0.01...Double(Plan.maximumAgents)
        return Self(
            type: "number",
            limits: "0.01 to \(Plan.maximumAgents); whole for agents; `5/s` for sessions",
            fallback: 1,
            read: { decoder, field in
                let text = field.node.scalarText ?? ""
                if text.contains("/"), let rate = RateText.perSecond(text), range.contains(rate) { return rate }
                return decoder.number(field, in: range)
            },
            write: { Int64(exactly: $0).map { .integer($0) } ?? .number($0) }
        )
    }

    /// A share, written in percent.
    fileprivate static func share(_ range: ClosedRange<Double>) -> Self {
        let words = [range.lowerBound, range.upperBound].map { JSONValue.plain($0 * 100) + "%" }
        return Self(
            type: "percentage",
            limits: words.joined(separator: " to "),
            read: { decoder, field in
                let text = field.node.scalarText ?? ""
                if text.hasSuffix("%"), let percent = Double(text.dropLast()), range.contains(percent / 100) {
                    return percent / 100
                }
                decoder.problem(
                    "must be a percentage from \(words[0]) to \(words[1]), such as 5%, not \(field.node.found)",
                    at: field
                )
                return nil
            },
            write: { .string(JSONValue.plain(($0 * 100_000).rounded() / 1_000) + "%") }
        )
    }
}

extension ScenarioDecoder {
    /// The search in the plan's map.
    mutating func search(in field: ScenarioField) -> CapacitySearch {
        guard let members = members(field, known: [CapacitySearch.key]) else { return CapacitySearch() }
        guard let member = members[CapacitySearch.key] else {
            problem("must be a list of stages, or a map with `\(CapacitySearch.key)`", at: field)
            return CapacitySearch()
        }
        return search(member, over: CapacitySearch())
    }

    mutating func search(_ field: ScenarioField, over base: CapacitySearch) -> CapacitySearch {
        var search = base
        let told = problems.count
        guard read(field, into: &search), problems.count == told else { return search }
        if search.from > search.to {
            problem("`to` is below `from`, which is \(JSONValue.plain(search.from))", at: field)
        }
        if search.quantity == .agents, [search.from, search.to].contains(where: { $0 != $0.rounded() }) {
            problem("`from` and `to` are whole numbers where agents are searched", at: field)
        }
        return search
    }
}
