import ApeCore
import Foundation
import Testing

/// The definitions are law: the documentation and the code say them in the same words.
@Suite struct DefinitionsTests {
    private var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    private func page() throws -> String {
        try String(contentsOf: root.appending(path: "docs/kpis.md"), encoding: .utf8)
    }

    @Test func theTableHasEveryTargetWithItsDefault() throws {
        let rows = try page().split(separator: "\n").filter { $0.hasPrefix("| `") }
        #expect(rows.map { String($0.split(separator: "`")[1]) } == KPIKey.allCases.map(\.rawValue))
        for (row, key) in zip(rows, KPIKey.allCases) {
            let target = KPITarget(key)
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            let unit = ["seconds": " s", "percent": " %", "agents": ""][target.unit.rawValue] ?? "?"
            let value = target.value == target.value.rounded() ? String(Int(target.value)) : "\(target.value)"
            let expected = "\(target.direction.rawValue) \(value)\(unit)"
            #expect(cells[2].replacing(".0 s", with: " s") == expected)
            #expect(cells[3] == (target.isCritical ? "yes" : "no"))
        }
    }

    @Test func theCodeSaysTheDefinitionsWordForWord() throws {
        let section = try #require(
            page().split(separator: "## Definitions").last?.split(separator: "\nWhat these").first
        )
        let lines = section.split(separator: "\n")
        let definitions = lines.filter { $0.hasPrefix("- ") }.map { $0.dropFirst(2) }
        let rules = lines.filter { $0.contains(#/^\d+\. /#) }.map { $0.drop { $0 != " " } }
        #expect(definitions.count == 10 && rules.count == 10)
        let files = try ["ApeMetrics", "ApeMetrics/Names", "ApeRun"].flatMap {
            try FileManager.default.contentsOfDirectory(
                at: root.appending(path: "Sources/\($0)"),
                includingPropertiesForKeys: nil
            )
        }.filter { $0.pathExtension == "swift" }
        let comments = try files.map { file in
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            return lines.map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("///") }.map { $0.dropFirst(3) }
                .joined(separator: " ")
        }
        let said = words(comments.joined(separator: " "))
        for definition in definitions + rules {
            let isSaid = said.contains(words(definition))
            #expect(isSaid, "\(definition)")
        }
    }

    /// The words of a text, its line breaks and emphasis aside.
    private func words(_ text: some StringProtocol) -> String {
        String(text).replacing("*", with: "").split(separator: /\s+/).joined(separator: " ")
    }
}
