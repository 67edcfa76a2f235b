extension ScenarioDecoder {
    mutating func pacing(_ field: ScenarioField) -> Scenario.Pacing {
        var pacing = Scenario.Pacing()
        guard let members = members(field, PacingKey.self) else { return pacing }
        let range: ClosedRange<Int64> = 0...3_600_000_000
        if let field = members[.think] { pacing.thinkMicros = durationRange(field, in: range) ?? 0...0 }
        if let field = members[.betweenSessions] {
            pacing.betweenSessionsMicros = durationRange(field, in: range) ?? 0...0
        }
        return pacing
    }

    mutating func limits(_ field: ScenarioField) -> Scenario.Limits {
        var limits = Scenario.Limits()
        guard let members = members(field, LimitKey.self) else { return limits }
        for key in LimitKey.allCases {
            guard let field = members[key] else { continue }
            switch key {
            case .responseBytes: limits.responseBytes = count(field, in: 1024...67_108_864) ?? 1024
            case .feedbackBytes: limits.feedbackBytes = count(field, in: 64...1_048_576) ?? 64
            case .contextTokens: limits.contextTokens = count(field, in: 256...1_000_000) ?? 256
            case .targetRetries: limits.targetRetries = count(field, in: 0...20) ?? 0
            case .inferenceRetries: limits.inferenceRetries = count(field, in: 0...20) ?? 0
            case .redirects: limits.redirects = count(field, in: 0...20) ?? 0
            case .backoff: limits.backoffMicros = time(field)
            case .backoffMaximum: limits.backoffMaximumMicros = time(field)
            case .retryAfterMaximum: limits.retryAfterMaximumMicros = time(field)
            case .connectTimeout: limits.connectTimeoutMicros = time(field)
            case .firstByteTimeout: limits.firstByteTimeoutMicros = time(field)
            case .totalTimeout: limits.totalTimeoutMicros = time(field)
            }
        }
        if limits.backoffMaximumMicros < limits.backoffMicros {
            let least = DurationText.text(micros: limits.backoffMicros)
            problem("`backoff_max` is below `backoff`, which is \(least)", at: field)
        }
        return limits
    }

    private mutating func time(_ field: ScenarioField) -> Int64 {
        duration(field, in: 1_000...3_600_000_000) ?? 1_000
    }

    mutating func kpiTargets(_ field: ScenarioField) -> [KPIKey: Double] {
        guard let members = members(field, KPIKey.self) else { return [:] }
        return members.fields.keys.sorted { $0.rawValue < $1.rawValue }.reduce(into: [:]) { targets, key in
            guard let field = members[key] else { return }
            switch KPITarget(key).unit {
            case .seconds: targets[key] = number(field, in: 0.001...3600)
            case .percent: targets[key] = number(field, in: 0...100)
            case .agents: targets[key] = number(field, in: 1...Double(Plan.maximumAgents))
            }
        }
    }

    mutating func plan(_ field: ScenarioField) -> Plan {
        let items = items(field, atMost: 200)
        if items.isEmpty { problem("has no stages; leave `plan` out for the validation plan", at: field) }
        var taken: Set<String> = []
        let stages = items.enumerated().compactMap { index, item -> Stage? in
            guard let stage = stage(item, defaultName: "stage_\(index + 1)") else { return nil }
            if !taken.insert(stage.name).inserted { problem("another stage is named \(stage.name)", at: item) }
            return stage
        }
        return Plan(stages: stages)
    }

    private mutating func stage(_ field: ScenarioField, defaultName: String) -> Stage? {
        guard let members = members(field, StageKey.self) else { return nil }
        var stage = Stage(name: defaultName, agents: 1, rampMicros: 5_000_000, warmupMicros: 5_000_000, holdMicros: 0)
        if let field = members[.name], let name = word(field, atMost: 64) {
            checkName(name, at: field)
            stage.name = name
        }
        if let field = members[.agents] {
            stage.agents = count(field, in: 1...Plan.maximumAgents) ?? 1
        } else {
            missing(.agents, in: members, "how many are at work")
        }
        if let field = members[.ramp] { stage.rampMicros = seconds(field, in: 0...86_400) }
        if let field = members[.warmup] { stage.warmupMicros = seconds(field, in: 0...86_400) }
        if let field = members[.hold] {
            stage.holdMicros = seconds(field, in: 1...31_622_400)
        } else {
            missing(.hold, in: members, "how long the stage is measured, such as 60s")
        }
        return stage
    }

    /// A duration of whole seconds, as windows are.
    private mutating func seconds(_ field: ScenarioField, in range: ClosedRange<Int64>) -> Int64 {
        let second: Int64 = 1_000_000
        guard let micros = duration(field, in: (range.lowerBound * second)...(range.upperBound * second)) else {
            return 0
        }
        if micros % second != 0 { problem("must be whole seconds, as measurements are", at: field) }
        return micros
    }
}
