/// Keys of the scenario itself.
enum RootKey: String, ScenarioKey {
    case name, targets, inference, goals, connections, pacing, limits
    case kpiTargets = "kpi_targets"
    case thresholds, scrape, plan

    static let section = "Scenario"
}

extension KPIKey: ScenarioKey {
    static let section = "kpi_targets"
}

extension ScenarioDecoder {
    /// Reads the whole document. The scenario is of use only where ``problems`` stays empty.
    mutating func scenario(_ root: DocumentNode) -> Scenario {
        var scenario = Scenario(name: Self.stem(of: file), targets: [], inference: nil, goals: [])
        let whole = ScenarioField(node: root, path: "")
        guard let members = members(whole, RootKey.self) else { return scenario }
        if let field = members[.name] { scenario.name = word(field, atMost: 200) ?? "" }
        if let field = members[.targets] {
            scenario.targets = targets(field)
        } else {
            missing(.targets, in: members, "the applications under test")
        }
        scenario.inference = members[.inference].flatMap { inference($0) }
        if let field = members[.goals] {
            scenario.goals = goals(field)
        } else {
            missing(.goals, in: members, "what the users want")
        }
        if let connections = members[.connections].flatMap({
            ScenarioCodec<Scenario.Connections>.choice.read(&self, $0)
        }) {
            scenario.connections = connections
        }
        if let field = members[.pacing] { scenario.pacing = pacing(field) }
        if let field = members[.limits] { scenario.limits = limits(field) }
        if let field = members[.kpiTargets] { scenario.kpiTargets = kpiTargets(field) }
        if let field = members[.thresholds] { scenario.thresholds = thresholds(field) }
        if let field = members[.scrape] { scenario.scrape = scrape(field) }
        scenario.plan = members[.plan].map { plan($0) }
        checkInference(members, scenario)
        checkTargetHeaders(members, scenario)
        checkAnswers(members, scenario)
        checkPrompt(members, scenario)
        checkArrivals(members, scenario)
        return scenario
    }

    private static func stem(of file: String) -> String {
        let name = file.split(separator: "/").last ?? "scenario"
        let stem = name.split(separator: ".", omittingEmptySubsequences: false).first ?? name
        return stem.isEmpty ? "scenario" : String(stem)
    }

    mutating func kpiTargets(_ field: ScenarioField) -> [KPIKey: Double] {
        guard let members = members(field, KPIKey.self) else { return [:] }
        return KPIKey.allCases.sorted { $0.rawValue < $1.rawValue }.reduce(into: [:]) { targets, key in
            guard let field = members[key] else { return }
            switch KPITarget(key).unit {
            case .seconds: targets[key] = number(field, in: 0.001...3600)
            case .percent: targets[key] = number(field, in: 0...100)
            case .agents: targets[key] = number(field, in: 1...Double(Plan.maximumAgents))
            }
        }
    }
}

extension Scenario {
    /// The largest scenario that goes over the wire, in bytes: a message of 1 MiB, with room for the rest of it.
    static let maximumDocumentBytes = 1024 * 1024 - 4096

    /// The whole scenario as canonical JSON, every setting written out: what goes over the wire, and what
    /// ``init(document:)`` reads back. Secrets stand in it as names only.
    package var document: JSONValue {
        var document = JSONObject()
        document[RootKey.name] = .string(name)
        document[RootKey.targets] = .map(targets) { ($0.name, $0.document) }
        document[RootKey.inference] = inference?.document
        document[RootKey.goals] = .map(goals) { ($0.name, $0.document) }
        document[RootKey.connections] = .string(connections.rawValue)
        document[RootKey.pacing] = pacing.document
        document[RootKey.limits] = limits.document
        let targets = KPIKey.allCases.compactMap { key in kpiTargets[key].map { (key.rawValue, JSONValue.number($0)) } }
        if !targets.isEmpty { document[RootKey.kpiTargets] = .map(targets) { $0 } }
        if !thresholds.isEmpty { document[RootKey.thresholds] = .array(thresholds.map(\.document)) }
        if !scrape.isEmpty { document[RootKey.scrape] = .array(scrape.map(\.document)) }
        document[RootKey.plan] = plan.map(\.document)
        return .object(document)
    }

    /// ``document`` without what is the coordinator's alone, if a worker can take it.
    ///
    /// - Returns: the same value, for a message to carry.
    /// - Throws: ``ApeError`` of code `scenario` for one that does not fit a message.
    package func wireDocument() throws(ApeError) -> JSONValue {
        var taken = self
        taken.thresholds = []
        taken.scrape = []
        let document = taken.document
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
