extension Stage: ScenarioMap {
    static let section = "plan"

    static let settings: [ScenarioSetting<Self>] = [
        ScenarioSetting(
            "name",
            \.name,
            .stageName,
            limits: "64 bytes, no two alike",
            usual: "`stage_1`, `stage_2`, ..."
        ),
        ScenarioSetting(
            "agents",
            \.agents,
            .count(1...Plan.maximumAgents),
            demand: "how many are at work, or under `sessions` the most sessions at once",
            "how many are at work; under `sessions` the most sessions at once"
        ),
        ScenarioSetting(
            key: "sessions",
            type: "rate or map",
            usual: nil,
            limits: "1/h to 1000000/s",
            meaning:
                "how many begin, such as `30/s`, `5/m` or `{from: 5/s, to: 50/s}`, whether or not others have ended",
            demand: nil,
            // A rate that cannot be read has been told; one stands in for it, so that `pattern` is not told as well.
            read: { decoder, field, stage in
                stage.arrivals = decoder.arrivals(field) ?? Arrivals(perSecond: 1)
            },
            write: { $0.arrivals.map(\.document) }
        ),
        ScenarioSetting(
            key: "pattern",
            type: "choice",
            usual: "`poisson`",
            limits: "`poisson`, `even`",
            meaning: "how the arrivals of `sessions` lie in time",
            demand: nil,
            read: { decoder, field, stage in
                guard let pattern = decoder.choice(field, Arrivals.Pattern.self) else { return }
                if stage.arrivals == nil {
                    decoder.problem("says how `sessions` arrive: say how many, such as `sessions: 30/s`", at: field)
                }
                stage.arrivals?.pattern = pattern
            },
            write: { $0.arrivals.map { .string($0.pattern.rawValue) } }
        ),
        ScenarioSetting("ramp", \.rampMicros, .wholeSeconds(0...86_400), "until all of them have started"),
        ScenarioSetting("warmup", \.warmupMicros, .wholeSeconds(0...86_400), "measured and shown, never judged"),
        ScenarioSetting(
            "hold",
            \.holdMicros,
            .wholeSeconds(1...31_622_400),
            limits: "1s to 366 days",
            demand: "how long the stage is measured, such as 60s",
            "what is judged"
        ),
    ]

    /// A stage of which nothing is given yet.
    static func unset(name: String) -> Stage {
        Stage(name: name, agents: 1, rampMicros: 5_000_000, warmupMicros: 5_000_000, holdMicros: 0)
    }
}

extension ScenarioCodec<String> {
    fileprivate static var stageName: Self {
        Self(
            type: "name",
            limits: "64 bytes",
            read: { decoder, field in
                let name = decoder.word(field, atMost: 64)
                if let name { decoder.checkName(name, at: field) }
                return name
            },
            write: { .string($0) }
        )
    }
}

extension Arrivals {
    fileprivate var document: JSONValue {
        if isSteady { return .string(RateText.text(perSecond: perSecond)) }
        return [
            "from": .string(RateText.text(perSecond: fromPerSecond)),
            "to": .string(RateText.text(perSecond: perSecond)),
        ]
    }
}

extension ScenarioDecoder {
    /// One rate, or the two between which it changes over the hold.
    fileprivate mutating func arrivals(_ field: ScenarioField) -> Arrivals? {
        guard case .map = field.node.content else { return rate(field).map { Arrivals(perSecond: $0) } }
        guard let members = members(field, known: ["from", "to"]) else { return nil }
        for key in ["from", "to"] where members[key] == nil {
            problem("`\(key)` is missing: a rate such as 5/s; one that stays is written `sessions: 30/s`", at: field)
        }
        let ends = ["from", "to"].map { key in members[key].flatMap { rate($0, orNone: true) } }
        guard let from = ends[0], let to = ends[1] else { return nil }
        if from == 0, to == 0 { problem("lets no session arrive; leave `sessions` out for agents alone", at: field) }
        return Arrivals(fromPerSecond: from, perSecond: to)
    }

    private mutating func rate(_ field: ScenarioField, orNone: Bool = false) -> Double? {
        let rate = field.node.scalarText.flatMap(RateText.perSecond)
        guard let rate, Arrivals.rates.contains(rate) || orNone && rate == 0 else {
            problem(
                "must be a rate from 1/h to 1000000/s\(orNone ? ", or 0/s" : ""), such as 30/s, 5/m or 0.5/s, not "
                    + field.node.found,
                at: field
            )
            return nil
        }
        return rate
    }

    /// What a scenario says of its pace that its arrivals do not heed.
    mutating func checkArrivals(_ members: ScenarioMembers<RootKey>, _ scenario: Scenario) {
        guard let plan = scenario.plan, plan.stages.contains(where: { $0.arrivals != nil }),
            scenario.pacing.betweenSessionsMicros != 0...0, let pacing = members[.pacing],
            case .map(let settings) = pacing.node.content,
            let setting = settings.first(where: { $0.key == "between_sessions" })
        else { return }
        warn(
            "means nothing in a stage with `sessions`: there arrivals say when a session begins",
            at: pacing.member(setting.key, setting.value)
        )
    }

    /// A list of stages, or a map with a search.
    mutating func plan(_ field: ScenarioField) -> Plan {
        if case .map = field.node.content { return Plan(search(in: field)) }
        let items = items(field, atMost: 200)
        if items.isEmpty { problem("has no stages; leave `plan` out for the validation plan", at: field) }
        var taken: Set<String> = []
        let stages = items.enumerated().compactMap { index, item -> Stage? in
            var stage = Stage.unset(name: "stage_\(index + 1)")
            guard read(item, into: &stage) else { return nil }
            if !taken.insert(stage.name).inserted { problem("another stage is named \(stage.name)", at: item) }
            return stage
        }
        return Plan(stages: stages)
    }
}

extension Plan {
    /// As a scenario has it: of a search not the stages that it came to.
    var document: JSONValue {
        search.map { [CapacitySearch.key: $0.document] } ?? .array(stages.map(\.document))
    }
}
