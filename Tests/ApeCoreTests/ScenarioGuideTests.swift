import ApeCore
import Foundation
import Testing

/// `docs/scenario.md` and `docs/examples` say what the reader does.
@Suite struct ScenarioGuideTests {
    private static let docs = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs")

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: docs.appending(path: path), encoding: .utf8)
    }

    /// The keys of the table under each heading.
    private static func tables(_ guide: String) -> [String: [String]] {
        var tables: [String: [String]] = [:]
        var section = ""
        for line in guide.split(separator: "\n") {
            if line.hasPrefix("## ") { section = String(line.dropFirst(3)) }
            guard line.hasPrefix("| `") else { continue }
            let key = line.dropFirst(3).prefix { $0 != "`" }
            tables[section, default: []].append(String(key))
        }
        return tables
    }

    @Test func listsTheKeysThatAreRead() throws {
        var tables = Self.tables(try Self.text("scenario.md"))
        func expect<Key: ScenarioKey>(_: Key.Type) {
            let listed = tables.removeValue(forKey: Key.section)?.sorted()
            #expect(listed == Key.allCases.map(\.rawValue).sorted(), "the table of \(Key.section)")
        }
        expect(RootKey.self)
        expect(TargetKey.self)
        expect(InferenceKey.self)
        expect(GoalKey.self)
        expect(StepKey.self)
        expect(CaptureKey.self)
        expect(CheckKey.self)
        expect(Comparison.self)
        expect(PacingKey.self)
        expect(LimitKey.self)
        expect(KPIKey.self)
        expect(StageKey.self)
        #expect(tables.isEmpty, "a table of keys that nothing reads")
    }

    @Test func listsTheNamesThatAreCapturedByThemselves() throws {
        let row = try Self.text("scenario.md").split(separator: "\n").first { $0.hasPrefix("| every JSON answer |") }
        let listed = try #require(row).matches(of: /`([a-z_]+)`/).map { String($0.output.1) }
        #expect(listed == Capture.usualNames)
    }

    /// Each block of YAML, completed to a whole scenario where it shows only a part.
    @Test func everyBlockReads() throws {
        let blocks = try Self.text("scenario.md").split(separator: "```yaml\n").dropFirst().map { block in
            String(block.prefix(upTo: block.firstRange(of: "```")?.lowerBound ?? block.endIndex))
        }
        #expect(blocks.count >= 9)
        for block in blocks {
            var yaml = block
            func complete(_ key: String, _ part: String) {
                if !"\n\(block)".contains("\n\(key):") { yaml += part + "\n" }
            }
            complete("targets", "targets: {shop: \"http://127.0.0.1:8080\"}")
            complete("goals", "goals: {look: {script: [GET /api/products]}}")
            if block.contains("prompt:") {
                complete("inference", "inference: {url: \"http://127.0.0.1:8081\", model: m}")
            }
            let read = try Scenario.read(Array(yaml.utf8), file: "block.yml") { path in
                guard path == "openapi.json" else { throw ApeError(.file, "no \(path)") }
                return Array(#"{"openapi": "3.1.0", "paths": {"/api/checkout": {"post": {}}}}"#.utf8)
            }
            let unused = read.warnings.filter { !$0.message.hasPrefix("is not used") }
            #expect(unused.isEmpty, "\(block)")
            #expect(try Scenario(document: read.scenario.document) == read.scenario)
        }
    }

    @Test func everyExampleReads() throws {
        let examples = try FileManager.default.contentsOfDirectory(atPath: Self.docs.appending(path: "examples").path())
        #expect(Set(examples).isSuperset(of: ["forms.yml", "graphql.yml", "kinto.yml", "login.yml", "shop.yml"]))
        for example in examples where example.hasSuffix(".yml") {
            let text = try Self.text("examples/\(example)")
            let read = try Scenario.read(Array(text.utf8), file: "docs/examples/\(example)") { path in
                Array(try String(contentsOfFile: path, encoding: .utf8).utf8)
            }
            #expect(read.warnings.isEmpty, "\(read.warnings)")
            #expect(try Scenario(document: read.scenario.document) == read.scenario)
        }
    }

    @Test func showsTheDefaultsThatHold() throws {
        let guide = try Self.text("scenario.md")
        func row(_ section: String, _ key: String) throws -> [String] {
            let part = try #require(guide.split(separator: "\n## ").first { $0.hasPrefix(section + "\n") })
            let line = try #require(part.split(separator: "\n").first { $0.hasPrefix("| `\(key)` |") })
            return line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let document = try ScenarioSamples.read(ScenarioSamples.least).scenario.document
        for key in LimitKey.allCases {
            let shown = try row("limits", key.rawValue)[2]
            switch document["limits"]?[key.rawValue] {
            case .integer(let number): #expect(shown == "\(number)", "\(key)")
            case .string(let text):
                let micros = DurationText.micros(text, plainNumberIn: .seconds)
                #expect(DurationText.micros(shown, plainNumberIn: .seconds) == micros, "\(key)")
            default: Issue.record("\(key) is not written")
            }
        }
        for key in KPIKey.allCases {
            #expect(try Double(row("kpi_targets", key.rawValue)[2]) == KPITarget(key).defaultValue, "\(key)")
        }
    }
}
