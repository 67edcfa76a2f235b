import ApeCore

extension SimulatedInference {
    /// The address that the endpoint listens on, and how it behaves.
    package struct Configuration: Sendable {
        package var address = HostPort(host: "127.0.0.1", port: 0)
        /// The mean time to first token, counted from when the request has a slot. Each request's is drawn around it.
        package var ttftMicros: Int64 = 300_000
        /// Events a second after the first token. The default makes an answer of 22 tokens take 0.15 s more.
        package var tokensPerSecond = 150.0
        /// The number of requests that generate at once; 0 for no limit. The others wait in a queue.
        package var slots = 0
        /// The share of requests, 0 to 1, that are answered with 429 and `Retry-After`.
        package var rateLimitShare = 0.0
        /// The share of decisions, 0 to 1, that are tool calls no agent can execute.
        package var mistakeShare = 0.0
        /// The share of answers, 0 to 1, that break off.
        package var streamErrorShare = 0.0
        /// The key that `Authorization: Bearer` must carry; nil where none is needed.
        package var apiKey: String?
        /// The seed that everything random is drawn from, in the order of the requests.
        package var seed: UInt64 = 1
        /// Whether the usage comes with `time_info`, as Cerebras sends it.
        package var sendsTimeInfo = false
        /// Whether every event carries `ape_sent_us`, the time at which it was written.
        package var sendsTimestamps = false
        /// What answers carry of the model's reasoning.
        package var reasoning = Reasoning.none
        /// Whether requests are refused for what a strict endpoint refuses: members that it does not know, empty
        /// messages, calls and results that do not belong together.
        package var hasStrictMembers = false
        /// The model's name in `GET /v1/models`. Requests may name any model.
        package var model = "ape-demo"

        package init() {}
    }

    /// What answers carry of the model's reasoning.
    package enum Reasoning: String, Sendable, CaseIterable {
        case none
        /// Its text, which may come back or not.
        case text
        /// Its text and a signature. Requests whose history lacks or changes either are refused.
        case signed
    }
}
