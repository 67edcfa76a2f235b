import ApeScenario
import Foundation
import Testing

@testable import ApeCore

/// `docs/scenario.md`, `docs/models.md` and `docs/examples` say what the reader does.
@Suite struct ScenarioGuideTests {
    private static let docs = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs")

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: docs.appending(path: path), encoding: .utf8)
    }

    /// The rows of the table under each heading: key, type, default, limits, meaning.
    private static func tables(_ guide: String) -> [String: [[String]]] {
        var tables: [String: [[String]]] = [:]
        var section = ""
        for line in guide.split(separator: "\n") {
            if line.hasPrefix("## ") { section = String(line.dropFirst(3)) }
            guard line.hasPrefix("| `") else { continue }
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
            var row = cells.map { $0.trimmingCharacters(in: .whitespaces) }
            row[0] = row[0].trimmingCharacters(in: ["`"])
            tables[section, default: []].append(row)
        }
        return tables
    }

    /// What a setting's row must say. A default that the table leaves out is what a new map writes.
    private static func row<Map: ScenarioMap>(_ setting: ScenarioSetting<Map>, of new: Map, like shown: [String]?)
        -> [String]
    {
        let usual = setting.usual ?? setting.write(new).map { $0.string ?? $0.text } ?? "none"
        let text = shown.flatMap { $0.count > 2 && isSame($0[2], usual) ? $0[2] : nil } ?? usual
        return [setting.key, setting.type, text, setting.limits, setting.meaning]
    }

    /// Whether two texts stand for the same: `60s` is `1m`, and a word may be marked as code.
    private static func isSame(_ shown: String, _ usual: String) -> Bool {
        if shown.trimmingCharacters(in: ["`"]) == usual { return true }
        let micros = DurationText.micros(usual, plainNumberIn: .seconds)
        return micros != nil && DurationText.micros(shown, plainNumberIn: .seconds) == micros
    }

    @Test func listsTheKeysThatAreRead() throws {
        var tables = Self.tables(try Self.text("scenario.md"))
        func expect<Key: ScenarioKey>(_: Key.Type) {
            let listed = tables.removeValue(forKey: Key.section)?.map { $0[0] }.sorted()
            #expect(listed == Key.allCases.map(\.rawValue).sorted(), "the table of \(Key.section)")
        }
        func expect<Map: ScenarioMap>(_ new: Map) {
            let listed = tables.removeValue(forKey: Map.section) ?? []
            let rows = Map.settings.enumerated().map { place, setting in
                Self.row(setting, of: new, like: listed.indices.contains(place) ? listed[place] : nil)
            }
            #expect(listed == rows, "the table of \(Map.section)")
        }
        expect(RootKey.self)
        expect(Scenario.Target(name: "", baseURL: ""))
        expect(Scenario.Inference(baseURL: "", model: ""))
        expect(Scenario.TokenPrice(input: 0, output: 0))
        expect(OpenAPIKey.self)
        expect(EndpointKey.self)
        expect(GoalKey.self)
        expect(DataKey.self)
        expect(StepKey.self)
        expect(FormPartKey.self)
        expect(CaptureKey.self)
        expect(CheckKey.self)
        expect(Comparison.self)
        expect(Scenario.Pacing())
        expect(Scenario.Limits())
        expect(KPIKey.self)
        expect(Stage.unset(name: ""))
        expect(Threshold.unset)
        expect(ScrapeTarget(name: "", url: ""))
        expect(CapacitySearch())
        #expect(tables.isEmpty, "a table of keys that nothing reads")
    }

    @Test func listsTheNamesThatAreCapturedByThemselves() throws {
        let row = try Self.text("scenario.md").split(separator: "\n").first { $0.hasPrefix("| every JSON answer |") }
        let listed = try #require(row).matches(of: /`([a-z_]+)`/).map { String($0.output.1) }
        #expect(listed == Capture.usualNames)
    }

    /// Each block of YAML, completed to a whole scenario where it shows only a part.
    @Test(arguments: ["scenario.md", "models.md", "servers.md"])
    func everyBlockReads(page: String) throws {
        let blocks = try Self.text(page).split(separator: "```yaml\n").dropFirst().map { block in
            String(block.prefix(upTo: block.firstRange(of: "```")?.lowerBound ?? block.endIndex))
        }
        #expect(blocks.count >= (page == "servers.md" ? 4 : 9))
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
                guard path == "openapi.json" else { return [1, 2, 3] }
                return Array(#"{"openapi": "3.1.0", "paths": {"/api/checkout": {"post": {}}}}"#.utf8)
            } loadData: { _, name throws(ApeError) in
                DataFile(name: name, columns: ["name", "mail"], count: 9, bytes: 90, hash: "0")
            }
            // What a block has on purpose, and what the rest of a scenario would use.
            let expected = ["is not used", "no token counts come then"]
            let unused = read.warnings.filter { warning in !expected.contains { warning.message.hasPrefix($0) } }
            #expect(unused.isEmpty, "\(block)")
            #expect(try Scenario(document: read.scenario.document) == read.scenario)
        }
    }

    @Test func everyExampleReads() throws {
        let examples = try FileManager.default.contentsOfDirectory(atPath: Self.docs.appending(path: "examples").path())
        let named = ["django", "forms", "gns3", "graphql", "kinto", "login", "nchan", "shop"].map { $0 + ".yml" }
        #expect(Set(examples).isSuperset(of: named))
        for example in examples where example.hasSuffix(".yml") {
            let text = try Self.text("examples/\(example)")
            let read = try Scenario.read(Array(text.utf8), file: "docs/examples/\(example)") { path in
                Array(try String(contentsOfFile: path, encoding: .utf8).utf8)
            }
            #expect(read.warnings.isEmpty, "\(read.warnings)")
            #expect(try Scenario(document: read.scenario.document) == read.scenario)
        }
    }

    @Test func showsTheTargetsDefaults() throws {
        let rows = try #require(Self.tables(try Self.text("scenario.md"))["kpi_targets"])
        let shown = rows.map { [$0[0], $0[2]] }
        #expect(
            Dictionary(uniqueKeysWithValues: shown.map { ($0[0], Double($0[1])) })
                == Dictionary(uniqueKeysWithValues: KPIKey.allCases.map { ($0.rawValue, KPITarget($0).defaultValue) })
        )
    }
}
