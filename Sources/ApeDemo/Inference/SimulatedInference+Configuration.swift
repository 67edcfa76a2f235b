import ApeCore

extension SimulatedInference {
    /// What the endpoint listens on and how it behaves.
    package struct Configuration: Sendable {
        package var address = ListenAddress(host: "127.0.0.1", port: 0)
        /// The mean of the time to the first token, from a free slot on; each request's own scatters around it.
        package var ttftMicros: Int64 = 300_000
        /// Events a second after the first token. The default makes an answer of 22 tokens take 0.15 s more.
        package var tokensPerSecond = 150.0
        /// Requests that generate at once; 0 for as many as come. The others wait in line.
        package var slots = 0
        /// The share of requests, 0 to 1, that are answered 429 with Retry-After.
        package var rateLimitShare = 0.0
        /// The share of decisions, 0 to 1, that are tool calls no agent can execute.
        package var mistakeShare = 0.0
        /// The share of answers, 0 to 1, that break off.
        package var streamErrorShare = 0.0
        /// What `Authorization: Bearer` must carry; nil to let everyone in.
        package var apiKey: String?
        /// Everything random is drawn from it, in the order of the requests.
        package var seed: UInt64 = 1
        /// Sends Cerebras-like `time_info` with the usage.
        package var sendsTimeInfo = false
        /// Sends `ape_sent_us`, the time at which the event is written, with every event.
        package var sendsTimestamps = false
        /// The model's name in `GET /v1/models`; requests may name any.
        package var model = "ape-demo"

        package init() {}
    }
}
