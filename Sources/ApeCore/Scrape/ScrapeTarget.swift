/// A server whose own figures the coordinator reads while a run goes on: a page in Prometheus' format.
package struct ScrapeTarget: Sendable, Equatable {
    /// The most servers of a scenario.
    package static let maximumNumber = 16
    /// The most series that are taken of one.
    package static let maximumSeries = 32
    /// The longest page that is read, in bytes.
    package static let maximumAnswerBytes = 8 << 20
    /// The longest answer that is waited for where the scenario does not say.
    private static let usualTimeoutMicros: Int64 = 5_000_000

    /// What reports and thresholds call it.
    package var name: String
    package var url: String
    package var everyMicros: Int64 = 1_000_000
    /// nil for nine tenths of ``everyMicros``, and at most 5 s.
    package var timeoutMicros: Int64?
    /// What is taken of its page; empty for what is known of servers of its kind.
    package var series: [SeriesSelector] = []
    /// Whose server it is; nil where its figures tell.
    package var party: Side?
    package var headers: [Scenario.Header] = []
    /// What is sent as `Authorization: Bearer`; on the coordinator's host.
    package var token: Scenario.SecretSource?
    package var caFile: String?

    /// Whose failure it is where such a server is slow.
    package enum Side: String, Sendable, CaseIterable {
        case inference
        case target
    }

    package init(name: String, url: String) {
        self.name = name
        self.url = url
    }

    /// How long an answer is waited for: always less than the time to the next question.
    package var waitMicros: Int64 { timeoutMicros ?? min(Self.usualTimeoutMicros, everyMicros / 10 * 9) }
}
