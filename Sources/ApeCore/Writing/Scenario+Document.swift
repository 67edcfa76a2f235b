extension Scenario {
    /// The largest scenario that goes over the wire, in bytes: a message of 1 MiB, with room for the rest of it.
    package static let maximumDocumentBytes = 1024 * 1024 - 4096

    /// The whole scenario as canonical JSON, every setting written out: what goes over the wire, and what
    /// ``init(document:)`` reads back. Secrets stand in it as names only.
    package var document: JSONValue {
        var document = JSONObject()
        document[RootKey.name] = .string(name)
        document[RootKey.targets] = .map(targets) { ($0.name, $0.document) }
        document[RootKey.inference] = inference?.document
        document[RootKey.goals] = .map(goals) { ($0.name, $0.document) }
        document[RootKey.pacing] = pacing.document
        document[RootKey.limits] = limits.document
        let targets = KPIKey.allCases.compactMap { key in kpiTargets[key].map { (key.rawValue, JSONValue.number($0)) } }
        if !targets.isEmpty { document[RootKey.kpiTargets] = .map(targets) { $0 } }
        document[RootKey.plan] = plan.map { .array($0.stages.map(\.document)) }
        return .object(document)
    }

    /// ``document``, if a worker can take it.
    ///
    /// - Returns: the same value, for a message to carry.
    /// - Throws: ``ApeError`` of code `scenario` for one that does not fit a message.
    package func wireDocument() throws(ApeError) -> JSONValue {
        let document = document
        let size = document.utf8.count
        guard size <= Self.maximumDocumentBytes else {
            throw ApeError(
                .scenario,
                "the scenario \(name) has \(size) bytes as JSON; at most \(Self.maximumDocumentBytes) go to a worker: "
                    + "shorten its data rows, endpoints or prompts"
            )
        }
        return document
    }
}

extension JSONObject {
    /// The member of one of a scenario's known keys.
    subscript(_ key: some ScenarioKey) -> JSONValue? {
        get { self[key.rawValue] }
        set { self[key.rawValue] = newValue }
    }

    /// Sets a text; nil leaves the key out.
    mutating func set(_ key: some ScenarioKey, _ text: String?) {
        self[key] = text.map { .string($0) }
    }

    /// Sets a duration, as text.
    mutating func set(_ key: some ScenarioKey, micros: Int64) {
        self[key] = .string(DurationText.text(micros: micros))
    }

    mutating func set(_ key: some ScenarioKey, count: Int) {
        self[key] = .integer(Int64(count))
    }

    /// Sets headers; none leave the key out.
    mutating func set(_ key: some ScenarioKey, headers: [Scenario.Header]) {
        if !headers.isEmpty { self[key] = .map(headers) { ($0.name, .string($0.value)) } }
    }
}

extension JSONValue {
    /// An object with a member for each element.
    static func map<Element>(_ elements: [Element], _ member: (Element) -> (String, JSONValue)) -> JSONValue {
        .object(
            elements.reduce(into: JSONObject()) { object, element in
                let (key, value) = member(element)
                object[key] = value
            }
        )
    }
}

extension Scenario.Pacing {
    var document: JSONValue {
        var document = JSONObject()
        document.set(PacingKey.think, Self.text(thinkMicros))
        document.set(PacingKey.betweenSessions, Self.text(betweenSessionsMicros))
        return .object(document)
    }

    private static func text(_ range: ClosedRange<Int64>) -> String {
        let ends = [range.lowerBound, range.upperBound].map(DurationText.text(micros:))
        return ends[0] == ends[1] ? ends[0] : ends.joined(separator: "..")
    }
}

extension Scenario.Limits {
    var document: JSONValue {
        var document = JSONObject()
        document.set(LimitKey.responseBytes, count: responseBytes)
        document.set(LimitKey.feedbackBytes, count: feedbackBytes)
        document.set(LimitKey.contextTokens, count: contextTokens)
        document.set(LimitKey.targetRetries, count: targetRetries)
        document.set(LimitKey.inferenceRetries, count: inferenceRetries)
        document.set(LimitKey.backoff, micros: backoffMicros)
        document.set(LimitKey.backoffMaximum, micros: backoffMaximumMicros)
        document.set(LimitKey.retryAfterMaximum, micros: retryAfterMaximumMicros)
        document.set(LimitKey.connectTimeout, micros: connectTimeoutMicros)
        document.set(LimitKey.firstByteTimeout, micros: firstByteTimeoutMicros)
        document.set(LimitKey.totalTimeout, micros: totalTimeoutMicros)
        document.set(LimitKey.redirects, count: redirects)
        return .object(document)
    }
}

extension Stage {
    var document: JSONValue {
        var document = JSONObject()
        document.set(StageKey.name, name)
        document.set(StageKey.agents, count: agents)
        document.set(StageKey.ramp, micros: rampMicros)
        document.set(StageKey.warmup, micros: warmupMicros)
        document.set(StageKey.hold, micros: holdMicros)
        return .object(document)
    }
}
