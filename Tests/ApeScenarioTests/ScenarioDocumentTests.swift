import Testing

@testable import ApeCore

/// The form that goes over the wire.
@Suite struct ScenarioDocumentTests {
    @Test(arguments: [ScenarioSamples.least, ScenarioSamples.full, ScenarioSamples.search])
    func readsBackWhatItWrites(yaml: String) throws {
        let scenario = try ScenarioSamples.read(yaml).scenario
        let stored = try JSONValue(parsing: scenario.document.utf8)
        #expect(try Scenario(document: stored) == scenario)
        #expect(try Scenario(document: stored).document == scenario.document)
        var sent = scenario
        (sent.thresholds, sent.scrape) = ([], [])
        #expect(try Scenario(document: JSONValue(parsing: scenario.wireDocument().utf8)) == sent)
        #expect(try ScenarioSamples.read(scenario.document.prettyText, file: "full.json").scenario == scenario)
    }

    @Test func writesEveryKey() throws {
        let text = try ScenarioSamples.read(ScenarioSamples.full).scenario.document.text
        func expect(_ section: String, _ keys: [String]) {
            for key in keys where !["openapi", "left_out", "api_key_file", "body_file", "token_file"].contains(key) {
                #expect(text.contains("\"\(key)\":"), "\(section).\(key)")
            }
        }
        func expect<Key: ScenarioKey>(_: Key.Type) { expect(Key.section, Key.allCases.map(\.rawValue)) }
        func expect<Map: ScenarioMap>(_: Map.Type) { expect(Map.section, Map.settings.map(\.key)) }
        expect(RootKey.self)
        expect(Scenario.Target.self)
        expect(Scenario.Inference.self)
        expect(Scenario.TokenPrice.self)
        expect(EndpointKey.self)
        expect(GoalKey.self)
        expect(StepKey.self)
        expect(CaptureKey.self)
        expect(CheckKey.self)
        expect(Scenario.Pacing.self)
        expect(Scenario.Limits.self)
        expect(Stage.self)
        expect(Threshold.self)
        expect(ScrapeTarget.self)
        expect(KPIKey.self)
    }

    @Test(arguments: Comparison.allCases)
    func everyComparisonGoesThere(comparison: Comparison) throws {
        var scenario = try ScenarioSamples.read(ScenarioSamples.full).scenario
        let isFlag = comparison == .exists || comparison == .absent
        let value: JSONValue = isFlag ? nil : comparison == .matches ? "a+" : 7
        scenario.goals[0].success[0].json = [JSONComparison(path: "$.x", comparison: comparison, value: value)]
        let text = isFlag ? "" : comparison == .matches ? "a+" : "7"
        scenario.goals[0].success[0].header = [HeaderComparison(name: "X", comparison: comparison, value: text)]
        #expect(try Scenario(document: scenario.document) == scenario)
    }

    @Test func aKeysFileIsAName() throws {
        var scenario = try ScenarioSamples.read(ScenarioSamples.full).scenario
        scenario.inference?.apiKey = .file(path: "/run/secrets/key")
        #expect(try Scenario(document: scenario.document) == scenario)
        scenario.inference?.apiKey = nil
        scenario.inference?.apiKeyHeader = nil
        #expect(try Scenario(document: scenario.document) == scenario)
    }

    @Test func refusesWhatItDoesNotKnow() throws {
        var document = try #require(try ScenarioSamples.read(ScenarioSamples.least).scenario.document.object)
        document["surprise"] = 1
        #expect {
            try Scenario(document: .object(document))
        } throws: { error in
            "\(error)".hasPrefix("scenario: surprise: unknown key")
        }
        for value: JSONValue in [nil, 1, "text", [], [:]] {
            #expect { try Scenario(document: value) } throws: { ($0 as? ApeError)?.code == .scenario }
        }
    }

    @Test func refusesWhatNoMessageCanCarry() throws {
        var scenario = try ScenarioSamples.read(ScenarioSamples.least).scenario
        scenario.goals[0].data = (0..<10_000).map { ["name": String(repeating: "x", count: 100) + "\($0)"] }
        #expect {
            try scenario.wireDocument()
        } throws: { error in
            "\(error)".contains("at most 1044480 go to a worker")
        }
    }

    @Test func nothingOddComesFromDamagedDocuments() throws {
        let document = try ScenarioSamples.read(ScenarioSamples.full).scenario.document
        var random = SeededRandom(seed: 11)
        var refused = 0
        for _ in 0..<300 {
            let damaged = damage(document, &random)
            do {
                let scenario = try Scenario(document: damaged)
                #expect(try Scenario(document: scenario.document) == scenario)
            } catch {
                #expect(error.code == .scenario)
                refused += 1
            }
        }
        #expect(refused > 100)
    }

    /// Replaces one value somewhere in the tree by something else.
    private func damage(_ value: JSONValue, _ random: inout SeededRandom) -> JSONValue {
        let odd: [JSONValue] = [
            nil, true, -1, 1.5, "", "{{", "POST /x", [], [:], ["a": [nil]], 9_223_372_036_854_775_807,
        ]
        switch value {
        case .object(var members) where !members.isEmpty && Int.random(in: 0..<8, using: &random) > 0:
            let member = members[Int.random(in: 0..<members.count, using: &random)]
            members[member.key] = damage(member.value, &random)
            return .object(members)
        case .array(var elements) where !elements.isEmpty && Int.random(in: 0..<8, using: &random) > 0:
            let index = Int.random(in: 0..<elements.count, using: &random)
            elements[index] = damage(elements[index], &random)
            return .array(elements)
        default: return odd.randomElement(using: &random) ?? nil
        }
    }
}
