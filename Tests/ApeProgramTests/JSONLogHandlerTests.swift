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
            ["z": "1", "a": "\u{1}"]
        )
        #expect(line.hasSuffix("}\n"))
        #expect(line.dropLast().contains("\n") == false)
        let json = try JSONValue(parsing: line)
        #expect(json["time"]?.string == "2023-11-14T22:13:20.123Z")
        #expect(json["level"]?.string == "warning")
        #expect(json["program"]?.string == "ape-worker")
        #expect(json["message"]?.string == "a \"quoted\"\nword")
        #expect(json["metadata"]?.object?.map(\.key) == ["a", "z"])
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
