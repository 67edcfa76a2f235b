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
            demand: "how many are at work",
            "how many are at work"
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

extension ScenarioDecoder {
    mutating func plan(_ field: ScenarioField) -> Plan {
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
