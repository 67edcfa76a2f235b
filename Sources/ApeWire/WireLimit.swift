/// The bounds of APE/1: what a peer sends beyond them is refused by name.
package enum WireLimit {
    /// Bytes of a line before both sides have proven themselves, its linefeed left out.
    static let openingLineBytes = 4 * 1024
    /// Bytes of a line after that, its linefeed left out.
    package static let lineBytes = 1024 * 1024
    /// The greatest integer on the wire: 2^53 - 1, which every JSON library reads exactly.
    static let maximumInteger: Int64 = 9_007_199_254_740_991
    /// The least integer on the wire that may be negative.
    static let minimumInteger: Int64 = -9_007_199_254_740_991
    /// The longest time that anything is waited for: a day.
    static let dayMicros: Int64 = 86_400_000_000
    /// Agents of a fleet.
    package static let maximumAgents = 10_000_000
    /// Stages of a plan.
    package static let maximumStages = 10_000
    /// Characters of a run's or a worker's identifier.
    static let identifierCharacters = 64
    /// Bytes of a name, a code, a label or its value.
    package static let nameBytes = 256
    /// Bytes of the name of a counter or a series, its label included.
    static let seriesNameBytes = 1024
    /// Bytes of a text meant for people.
    package static let messageBytes = 2048
    /// Labels of one worker.
    package static let labels = 64
    /// Rows of data in one message, or asked for at once.
    package static let rows = 10_000
}
