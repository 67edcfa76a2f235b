import ApeScenario
import Testing

@testable import ApeCore

/// What a scenario says of its goals' rows.
@Suite struct ScenarioDataTests {
    private static let users = DataFile(name: "", columns: ["name", "mail"], count: 3, bytes: 60, hash: "0a")

    private static func yaml(_ data: String, also: String = "") -> String {
        """
        targets: {shop: "http://shop"}
        goals:
          join:
            data: \(data)
            script: [{"POST /users": {body: {name: "{{name}}"}}}]
        \(also)
        """
    }

    private static func read(_ yaml: String) throws -> Scenario {
        try Scenario.read(Array(yaml.utf8), file: "dir/shop.yml") {
            throw ApeError(.file, "no \($0)")
        } loadData: {
            path,
            name throws(ApeError) in
            guard path == "dir/users.csv" || path == "dir/copy.csv" else { throw ApeError(.file, "no \(path)") }
            var file = users
            file.name = name
            return file
        }.scenario
    }

    private static func problem(_ yaml: String) -> String {
        do {
            _ = try read(yaml)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func aFilesColumnsAreNamesForTemplates() throws {
        let goal = try Self.read(Self.yaml("{file: users.csv, pick: once}")).goals[0]
        #expect(goal.dataFile?.name == "users.csv")
        #expect(goal.pick == .once)
        #expect(goal.columns == ["name", "mail"])
        #expect(try Self.read(Self.yaml("{file: users.csv}")).goals[0].pick == .agent)
    }

    @Test func goesOverTheWireWithoutItsRows() throws {
        let scenario = try Self.read(Self.yaml("{file: users.csv, pick: once}"))
        let document = try scenario.wireDocument()
        let data = document["goals"]?["join"]?["data"]
        #expect(
            data?.text
                == #"{"file":"users.csv","pick":"once","columns":["name","mail"],"count":3,"bytes":60,"hash":"0a"}"#
        )
        #expect(try Scenario(document: document) == scenario)
    }

    @Test func rowsOfTheScenarioMayBeTakenOnce() throws {
        let scenario = try Self.read(Self.yaml("{rows: [{name: ada}, {name: bob, mail: b}], pick: once}"))
        #expect(try Scenario(document: scenario.wireDocument()) == scenario)
        #expect(scenario.goals[0].inlineRows == [[nil, "ada"], ["b", "bob"]])
        let set = RowSet(name: "goals.join.data", goals: ["join"], pick: .once, count: 2, bytes: 7)
        #expect(scenario.rowSets == [set])
        #expect(try Self.read(Self.yaml("[{name: ada}]")).rowSets.isEmpty)
        #expect(try Self.read(Self.yaml("{rows: [{name: ada}]}")).rowSets.isEmpty)
    }

    @Test func goalsWithTheSameRowsShareThem() throws {
        let other =
            "  leave: {data: {file: copy.csv, pick: once}, script: [GET /]}\n"
            + "  look: {data: {file: users.csv}, script: [GET /]}"
        let sets = try Self.read(Self.yaml("{file: users.csv, pick: once}", also: other)).rowSets
        #expect(sets.map(\.goals) == [["join", "leave"], ["look"]])
        #expect(sets.map(\.pick) == [.once, .agent])
    }

    @Test func saysWhatIsWrong() {
        let place = "dir/shop.yml:4:"
        #expect(
            Self.problem(Self.yaml("{file: users.xls}"))
                == place
                + "18: goals.join.data.file: must end in one of .csv, .tsv, .jsonl, .ndjson, not the text \"users.xls\""
        )
        #expect(Self.problem(Self.yaml("{file: gone.csv}")) == place + "18: goals.join.data.file: no dir/gone.csv")
        #expect(
            Self.problem(Self.yaml("{pick: once}")).contains("needs a `file` with the rows, or the `rows` themselves")
        )
        #expect(Self.problem(Self.yaml("{file: users.csv, rows: [{name: a}]}")).contains("stands beside `rows`"))
        #expect(Self.problem(Self.yaml("{file: users.csv, pick: twice}")).contains("must be one of agent, once"))
    }
}
