import ApeCore
import ApeScenario
import Testing

/// Files that are no scenarios, or mean harm.
@Suite struct ScenarioHostileTests {
    @Test(arguments: [
        ("", "shop.yml: the file is empty"),
        ("# nothing\n", "shop.yml: the file is empty"),
        ("a\n", "shop.yml:1:1: must be a map, not the text \"a\""),
        ("- a\n", "shop.yml:1:1: must be a map, not a list"),
        ("goals:\n\tbuy: {}\n", "shop.yml:2:1: a tab cannot indent YAML: use spaces"),
        ("name: a\nname: b\n", "shop.yml:1:1: the key `name` stands twice in one map"),
        ("name: a\n---\nname: b\n", "shop.yml:2:1: a file holds one document; remove what follows ---"),
        ("name: [a\n", "shop.yml:2:1: not valid YAML: while parsing a flow sequence"),
        ("a: {$.b[0]: 1}\n", "inside {} and [], a text that holds any of []{}, stands in quotes"),
        ("name: \"a\n", "shop.yml:2:1: not valid YAML: while scanning a quoted scalar"),
        ("name: a: b\n", "shop.yml:1:8: not valid YAML: mapping values are not allowed in this context"),
        ("goals: {{x}}\n", "a key must be a text; a {{template}} that begins a value stands in quotes"),
        ("? [a]\n: b\n", "shop.yml:1:3: a key must be a text"),
        ("name: !!binary aGk=\n", "shop.yml:1:7: the tag tag:yaml.org,2002:binary is not read"),
        ("name: !mine x\n", "shop.yml:1:7: the tag !mine is not read"),
        ("a: &x 1\nb: *x\n", "shop.yml:2:4: anchors and aliases (&x, *x) are not read: write the value out"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "shop.yml:3:7: anchors and aliases"),
        ("a: *x\n", "shop.yml:1:4: not valid YAML: found undefined alias"),
        ("name: \u{1}\n", "shop.yml:1:1: not valid YAML: control characters are not allowed"),
        ("%YAML 9.9\n---\na: b\n", "not valid YAML: found incompatible YAML document"),
    ])
    func saysWhatItIs(yaml: String, says: String) {
        let problems = ScenarioSamples.problems(yaml)
        #expect(problems.contains { $0.contains(says) }, "\(problems)")
    }

    @Test func refusesBytesThatAreNotUTF8() {
        #expect {
            try Scenario.read(Array("name: a\nb: ".utf8) + [0xC3, 0x28], file: "x.yml") { _ in [] }
        } throws: { "\($0)" == "x.yml:2:1: the file is not UTF-8" }
    }

    @Test func refusesAFileThatIsTooLong() {
        let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: 1024 * 1024 + 1)
        #expect {
            try Scenario.read(bytes, file: "x.yml") { _ in [] }
        } throws: { "\($0)" == "x.yml: the file has 1048577 bytes; at most 1048576 are read" }
    }

    @Test(arguments: [49, 400, 5_000, 100_000])
    func refusesDepth(depth: Int) {
        let yaml = "a: " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let problems = ScenarioSamples.problems(yaml)
        #expect(problems.count == 1 && problems[0].hasPrefix("shop.yml:1:"), "\(problems)")
    }

    @Test func refusesTooManyValues() {
        let problems = ScenarioSamples.problems("a: [" + String(repeating: "1,", count: 100_000) + "1]")
        #expect(problems.count == 1 && problems[0].contains("more than 100000 values"), "\(problems)")
    }

    @Test func anAliasBombIsRefusedBeforeItGrows() {
        var lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
        for level in 1...20 {
            let uses = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
            lines.append("a\(level): &a\(level) [\(uses)]")
        }
        lines.append("? *a20\n: boom")
        #expect(ScenarioSamples.problems(lines.joined(separator: "\n")).first?.contains("anchors and aliases") == true)
    }

    @Test func starsAndAmpersandsInProseAreNoAnchors() throws {
        let yaml = """
            targets: {shop: "http://h"}
            inference: {url: "http://h", model: m}
            goals:
              buy:
                prompt: |
                  Look at *all* products & choose; R&D pays. &amp; is *not* yours.
                success: [{answer: GET /a, status: 200}]
            """
        #expect(try ScenarioSamples.read(yaml).warnings.isEmpty)
    }

    @Test func readsAnyLineEndAndByteOrderMark() throws {
        let unix = try ScenarioSamples.read(ScenarioSamples.full).scenario
        let windows = ScenarioSamples.full.replacing("\n", with: "\r\n")
        #expect(try ScenarioSamples.read("\u{FEFF}" + windows).scenario == unix)
    }

    /// Cut anywhere, a file either reads or is refused with its name; it never harms the reader.
    @Test func everyCutOfAFileIsHandled() {
        let bytes = Array(ScenarioSamples.full.utf8)
        for end in stride(from: 0, to: bytes.count, by: 7) {
            do {
                _ = try Scenario.read(Array(bytes[..<end]), file: "cut.yml") { _ in [] }
            } catch {
                #expect(error.code == .scenario && error.message.hasPrefix("cut.yml"))
            }
        }
    }

    @Test func anyBytesAreHandled() {
        var random = SeededRandom(seed: 5)
        let original = Array(ScenarioSamples.full.utf8)
        for _ in 0..<300 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let odd = Array("{}[]:,&*#?|>-!%@`'\"\t\n \u{0}x".utf8).randomElement(using: &random) ?? 0
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = odd
            }
            do {
                _ = try Scenario.read(bytes, file: "odd.yml") { _ in [] }
            } catch {
                #expect(error.code == .scenario && error.message.hasPrefix("odd.yml"))
            }
        }
    }

    @Test func plainScalarsFollowJSON() throws {
        let yaml = ScenarioSamples.least.replacing("GET /api/products", with: "{POST /a: {body: BODY}}")
        let body =
            "{a: yes, b: off, c: 0x1F, d: 007, e: 1_000, f: 1.50, g: -0, h: 1e3, i: .5, j: ~, k: True, l: !!str 1}"
        let read = try ScenarioSamples.read(yaml.replacing("BODY", with: body)).scenario
        guard case .script(let steps) = read.goals[0].mode else { throw ApeError(.scenario, "no script") }
        let expected: JSONValue = [
            "a": "yes", "b": "off", "c": "0x1F", "d": "007", "e": "1_000", "f": try JSONValue(parsing: "1.50"), "g": 0,
            "h": try JSONValue(parsing: "1e3"), "i": ".5",
            "j": nil, "k": "True", "l": "1",
        ]
        #expect(steps.first?.body == expected)
    }
}
