import ApeCore
import ApeMetrics

/// The bounds of APE/1. Both directions hold to this one table: what a peer sends beyond it is refused by name, and
/// what this side would send beyond it is clamped or shortened first. So whatever is sent can be read.
///
/// What a window holds is bounded by ``WindowBounds``.
package enum WireLimit {
    /// Bytes of a line before both sides have proven themselves, its linefeed left out.
    static let openingLineBytes = 4 * 1024
    /// Bytes of a line after that, its linefeed left out.
    package static let lineBytes = 1024 * 1024
    /// The greatest integer on the wire: 2^53 - 1, which every JSON library reads exactly.
    static let maximumInteger = WindowBounds.greatest
    /// Agents of a fleet.
    package static let maximumAgents = Int(WindowBounds.agents.upperBound)
    /// Stages of a plan.
    package static let maximumStages = Int(WindowBounds.stages.upperBound) + 1
    /// Characters of a run's or a worker's identifier.
    static let identifierCharacters = 64
    /// Bytes of a name, a code, a label or its value.
    package static let nameBytes = 256
    /// Bytes of a text meant for people.
    package static let messageBytes = 2048
    /// Labels of one worker.
    package static let labels = 64
    /// Rows of data in one message, or asked for at once.
    package static let rows = 10_000

    // MARK: Integers

    /// What is counted: identifiers of pings and requests, numbers of windows, bytes.
    package static let counts = WindowBounds.counts
    /// Readings of a worker's own clock, whose zero may lie anywhere.
    static let localTimes: ClosedRange<Int64> = -maximumInteger...maximumInteger
    /// Fleet time.
    package static let moments = WindowBounds.moments
    /// A part of a stage, or a length of time that a fact tells of: as long as a scenario may say.
    package static let lengths: ClosedRange<Int64> = 0...DurationText.maximumMicros
    /// How long something is waited for: up to a day.
    static let waits: ClosedRange<Int64> = 0...dayMicros
    /// A heartbeat or a lease.
    static let periods: ClosedRange<Int64> = 1...dayMicros
    package static let stages = WindowBounds.stages
    package static let revisions = WindowBounds.revisions
    /// How many agents.
    package static let agentCounts = WindowBounds.agents
    /// An agent's or a row's number.
    static let agentNumbers: ClosedRange<Int64> = 0...WindowBounds.agents.upperBound - 1
    static let versions: ClosedRange<Int64> = 0...1_000_000
    static let processors: ClosedRange<Int64> = 1...1_000_000
    static let rowCounts: ClosedRange<Int64> = 1...Int64(rows)
    static let statuses: ClosedRange<Int64> = 100...999
    static let attempts: ClosedRange<Int64> = 0...1_000_000

    private static let dayMicros: Int64 = 86_400_000_000
}

extension JSONValue {
    /// An integer, held within its bounds.
    package static func integer(_ value: Int64, in range: ClosedRange<Int64>) -> JSONValue {
        .integer(value.clamped(to: range))
    }

    /// An integer, held within its bounds.
    package static func integer(_ value: Int, in range: ClosedRange<Int64>) -> JSONValue {
        .integer(Int64(value), in: range)
    }

    /// A text, cut to so many bytes.
    package static func string(_ text: String, atMost bytes: Int) -> JSONValue {
        .string(text.cut(to: bytes))
    }

    /// A name, a code or a label: cut to ``WireLimit/nameBytes``.
    package static func name(_ text: String) -> JSONValue { .string(text, atMost: WireLimit.nameBytes) }

    /// A text for people: cut to ``WireLimit/messageBytes``.
    package static func message(_ text: String) -> JSONValue { .string(text, atMost: WireLimit.messageBytes) }
}
