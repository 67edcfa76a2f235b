/// How values of one kind are written in a scenario.
struct ScenarioCodec<Value: Sendable>: Sendable {
    /// The kind and its limits, as `docs/scenario.md` calls them.
    let type: String
    let limits: String
    /// What stands for a value that cannot be read; nil where what was there before stays.
    var fallback: Value?
    /// Tells a problem and returns nil for what is no such value.
    let read: @Sendable (inout ScenarioDecoder, ScenarioField) -> Value?
    /// Returns nil where the key is to be left out.
    let write: @Sendable (Value) -> JSONValue?
}

extension ScenarioCodec<Int> {
    static func count(_ range: ClosedRange<Int>) -> Self {
        Self(
            type: "integer",
            limits: "\(range.lowerBound) to \(range.upperBound)",
            fallback: range.lowerBound,
            read: { $0.count($1, in: range) },
            write: { .integer(Int64($0)) }
        )
    }
}

extension ScenarioCodec<Int64> {
    static func integer(_ range: ClosedRange<Int64>) -> Self {
        Self(
            type: "integer",
            limits: "\(range.lowerBound) to \(range.upperBound)",
            fallback: range.lowerBound,
            read: { $0.integer($1, in: range) },
            write: { .integer($0) }
        )
    }

    /// A duration in microseconds.
    static func duration(_ range: ClosedRange<Int64>) -> Self {
        Self(
            type: "duration",
            limits: words(range),
            fallback: range.lowerBound,
            read: { $0.duration($1, in: range) },
            write: { .string(DurationText.text(micros: $0)) }
        )
    }

    /// A duration of whole seconds, as windows are, in microseconds.
    static func wholeSeconds(_ range: ClosedRange<Int64>) -> Self {
        let second: Int64 = 1_000_000
        let micros = (range.lowerBound * second)...(range.upperBound * second)
        return Self(
            type: "duration",
            limits: words(micros),
            fallback: 0,
            read: { decoder, field in
                let micros = decoder.duration(field, in: micros)
                if let micros, micros % second != 0 {
                    decoder.problem("must be whole seconds, as measurements are", at: field)
                }
                return micros
            },
            write: { .string(DurationText.text(micros: $0)) }
        )
    }

    private static func words(_ range: ClosedRange<Int64>) -> String {
        let low = range.lowerBound == 0 ? "0" : DurationText.text(micros: range.lowerBound)
        return "\(low) to \(DurationText.text(micros: range.upperBound))"
    }
}

extension ScenarioCodec<ClosedRange<Int64>> {
    /// One duration, or two between which each use draws, in microseconds.
    static func durations(_ range: ClosedRange<Int64>) -> Self {
        Self(
            type: "duration or range",
            limits: ScenarioCodec<Int64>.duration(range).limits,
            fallback: 0...0,
            read: { $0.durationRange($1, in: range) },
            write: { range in
                let ends = [range.lowerBound, range.upperBound].map(DurationText.text(micros:))
                return .string(ends[0] == ends[1] ? ends[0] : ends.joined(separator: ".."))
            }
        )
    }
}

extension ScenarioCodec<Double> {
    static func number(_ range: ClosedRange<Double>) -> Self {
        Self(
            type: "number",
            limits: "\(JSONValue.plain(range.lowerBound)) to \(JSONValue.plain(range.upperBound))",
            read: { $0.number($1, in: range) },
            write: { .number($0) }
        )
    }
}

extension ScenarioCodec<Bool> {
    static var flag: Self {
        Self(type: "true or false", limits: "", read: { $0.flag($1) }, write: { .bool($0) })
    }
}

extension ScenarioCodec<String> {
    /// A text that says something.
    static func text(atMost bytes: Int) -> Self {
        Self(
            type: "text",
            limits: "\(bytes) bytes",
            fallback: "",
            read: { $0.word($1, atMost: bytes) },
            write: { .string($0) }
        )
    }

    static var url: Self {
        Self(type: "URL", limits: "2048 bytes", fallback: "", read: { $0.url($1) }, write: { .string($0) })
    }

    static var proxy: Self {
        Self(type: "URL", limits: "2048 bytes", fallback: "", read: { $0.proxy($1) }, write: { .string($0) })
    }

    /// A file on the workers' hosts.
    static var workerFile: Self {
        Self(type: "path", limits: "on the worker's host", read: { $0.word($1) }, write: { .string($0) })
    }
}

extension ScenarioCodec where Value: RawRepresentable<String> & CaseIterable {
    /// One of the words of an enumeration.
    static var choice: Self {
        let words = Value.allCases.map(\.rawValue)
        return Self(
            type: "choice",
            limits: words.map { "`\($0)`" }.joined(separator: ", "),
            fallback: Value.allCases.first,
            read: { $0.choice($1, Value.self) },
            write: { .string($0.rawValue) }
        )
    }
}

extension ScenarioCodec<[Scenario.Header]> {
    /// Headers by name, as `read` reads them.
    static func headers(_ read: @escaping @Sendable (inout ScenarioDecoder, ScenarioField) -> Value) -> Self {
        Self(
            type: "map",
            limits: "64",
            read: read,
            write: { headers in headers.isEmpty ? nil : .map(headers) { ($0.name, .string($0.value)) } }
        )
    }
}
