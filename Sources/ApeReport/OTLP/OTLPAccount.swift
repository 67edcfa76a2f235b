/// What became of a run's exports to an OpenTelemetry receiver.
package struct OTLPAccount: Sendable, Equatable {
    /// Requests that the receiver took.
    package var sent: Int64 = 0
    /// Requests that it did not take. What figures they held is in the next one.
    package var lost: Int64 = 0
    /// Points and spans that it did not take of requests that it took.
    package var rejected: Int64 = 0
    package var sessionsSent: Int64 = 0
    /// Kept sessions whose traces it has not got.
    package var sessionsLost: Int64 = 0
    /// Why the last failed, in words; nil where none did.
    package var lastError: String?

    package init() {}

    /// What a person should know at the end; nil where all went well.
    package var sentence: String? {
        guard lost > 0 || rejected > 0 || sessionsLost > 0 else { return nil }
        var parts: [String] = []
        if lost > 0 { parts.append("\(lost) of \(lost + sent) exports were lost") }
        if sessionsLost > 0 { parts.append("\(sessionsLost) traces were not sent") }
        if rejected > 0 { parts.append("\(rejected) points or spans were rejected") }
        let reason = lastError.map { ": \($0)" } ?? ""
        return "OTLP: \(parts.joined(separator: ", "))\(reason)"
    }
}
