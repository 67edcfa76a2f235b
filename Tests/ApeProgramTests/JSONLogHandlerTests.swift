import ApeCore
import Logging
import Testing

@testable import ApeProgram

struct JSONLogHandlerTests {
    @Test func aLineIsOneObjectWhateverItHolds() throws {
        let line = JSONLogHandler.line(
            at: 1_700_000_000_123_456,
            .warning,
            program: "ape-worker",
            "a \"quoted\"\nword",
            ["z": "1", "a": "\u{1B}[2J\r\n::error::x", "b\u{202E}": "##vso[x]"]
        )
        #expect(line.hasSuffix("}\n"))
        #expect(line.dropLast().contains("\n") == false)
        let json = try JSONValue(parsing: line)
        #expect(json["time"]?.string == "2023-11-14T22:13:20.123Z")
        #expect(json["level"]?.string == "warning")
        #expect(json["program"]?.string == "ape-worker")
        #expect(json["message"]?.string == "a \"quoted\" word")
        #expect(json["metadata"] == ["a": "\u{FFFD}[2J : :error::x", "b\u{FFFD}": "# #vso[x]", "z": "1"])
    }

    @Test func aLineOfTextIsOneLineWhateverItHolds() {
        let line = "2026-01-01T00:00:00 warning ape: reason=x\n::error::y\u{1B}[2J [M] A peer\n"
        #expect(TextLog.line(line) == "2026-01-01T00:00:00 warning ape: reason=x : :error::y\u{FFFD}[2J [M] A peer\n")
        #expect(TextLog.line("a\r\n") == "a \n")
    }

    @Test func withoutMetadataThereIsNone() throws {
        let line = JSONLogHandler.line(at: 0, .info, program: "p", "m", [:])
        #expect(try JSONValue(parsing: line)["metadata"] == nil)
    }

    @Test func metadataOfTheLoggerGoesAlong() {
        var handler = JSONLogHandler(label: "p", logLevel: .info)
        handler[metadataKey: "run"] = "r"
        #expect(handler[metadataKey: "run"] == "r")
        #expect(handler.metadata == ["run": "r"])
    }
}
