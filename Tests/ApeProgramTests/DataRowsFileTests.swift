import ApeCore
import ApeProgram
import ApeScenario
import Foundation
import Testing

/// Files of rows, on the disk.
@Suite final class DataRowsFileTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "ape-rows-\(UUID())").path()

    init() throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    private func write(_ name: String, _ text: String) throws -> String {
        let path = "\(directory)/\(name)"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        return path
    }

    @Test func readsAnyRows() throws {
        let text = "id,name\n" + (0..<50_000).map { "\($0),\"user\n\($0)\"\n\n" }.joined()
        let file = try DataRowsFile.open(write("users.csv", text), name: "users.csv")
        #expect(file.file.count == 50_000)
        #expect(file.file.columns == ["id", "name"])
        #expect(try file.rows(0..<2) == [["0", "user\n0"], ["1", "user\n1"]])
        #expect(try file.rows(49_999..<50_000) == [["49999", "user\n49999"]])
        #expect(try file.rows(12_345..<12_346) == [["12345", "user\n12345"]])
        #expect(try file.rows(7..<7).isEmpty)
    }

    @Test func noticesThatItWasWrittenTo() throws {
        let path = try write("users.csv", "id\n1\n2\n")
        let file = try DataRowsFile.open(path, name: "users.csv")
        _ = try write("users.csv", "id\n1\n3\n4\n")
        let changed = ApeError(
            .file,
            "\(path) was changed while it was in use: leave a file of rows as it is until the run is over"
        )
        #expect(throws: changed) { try file.rows(0..<1) }
        #expect(try DataRowsFile.open(path, name: "users.csv").file.hash != file.file.hash)
    }

    @Test func saysWhatCannotBeRead() {
        #expect(throws: ApeError.self) { try DataRowsFile.open("\(self.directory)/gone.csv", name: "gone.csv") }
        #expect(throws: ApeError(.file, "cannot read /dev/null.csv", cause: "No such file or directory")) {
            try DataRowsFile.open("/dev/null.csv", name: "null.csv")
        }
    }

    @Test func aScenarioNamesFilesBesideIt() throws {
        _ = try write("users.csv", "name\nada\nbob\n")
        let scenario = try write(
            "shop.yml",
            """
            targets: {shop: "http://shop"}
            goals: {join: {data: {file: users.csv}, script: ["GET /{{name}}"]}}
            """
        )
        let (read, rows) = try ScenarioFile.open(scenario)
        #expect(read.scenario.goals[0].dataFile?.count == 2)
        #expect(try rows["users.csv"]?.rows(1..<2) == [["bob"]])
    }
}
