import Foundation
import Testing

@testable import ApeWire

/// `docs/protocol.md` is what others write workers from, so its examples are held to the code.
@Suite("The protocol's document")
struct ProtocolDocumentTests {
    private static func document() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "docs/protocol.md"), encoding: .utf8)
    }

    /// Every line of every block fenced as json.
    private static func goldenLines() throws -> [String] {
        var lines: [String] = []
        var isInside = false
        for line in try document().split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") { isInside = line == "```json" } else if isInside { lines.append(String(line)) }
        }
        return lines
    }

    @Test("Every golden line decodes, and encodes back byte for byte")
    func goldenLines() throws {
        var types: Set<String> = []
        for line in try Self.goldenLines() {
            let message = try Message(line: Array(line.utf8))
            #expect(String(decoding: message.line, as: UTF8.self) == line + "\n")
            types.insert(message.type)
        }
        let all: Set<String> = [
            "greet", "hello", "welcome", "ping", "pong", "prepare", "prepared", "refused", "assign", "assigned",
            "window", "answered", "ack", "event", "stop", "stopped", "leave", "error",
            "want_rows", "rows",
        ]
        #expect(types == all)
    }
}
