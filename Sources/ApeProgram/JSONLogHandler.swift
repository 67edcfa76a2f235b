import ApeCore
import Glibc
import Logging

/// Writes each log line as one JSON object to standard error:
/// `{"time", "level", "program", "message", "metadata"?: {name: text}}`.
struct JSONLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let label: String

    init(label: String, logLevel: Logger.Level) {
        self.label = label
        self.logLevel = logLevel
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let metadata = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        StandardError.writePlain(
            Self.line(at: time.micros, event.level, program: label, "\(event.message)", metadata.mapValues { "\($0)" })
        )
    }

    /// One log line with its newline; `micros` are microseconds since 1970.
    static func line(
        at micros: Int64,
        _ level: Logger.Level,
        program: String,
        _ message: String,
        _ metadata: [String: String]
    ) -> String {
        var line: JSONObject = [
            "time": .string(Timestamp.text(micros: micros)), "level": .string(level.rawValue),
            "program": .string(program), "message": .string(PlainText.line(message)),
        ]
        var members = JSONObject()
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            members[PlainText.line(name)] = .string(PlainText.line(value))
        }
        if !metadata.isEmpty { line["metadata"] = .object(members) }
        return JSONValue.object(line).text + "\n"
    }
}
