import ApeCore

/// The random draws of one request, made before it is served: its latency and its faults.
struct InferenceDraw: Sendable, Equatable {
    enum Mistake: Int, Sendable, CaseIterable {
        case unknownTool, missingPath, brokenArguments
    }

    enum StreamError: Int, Sendable, CaseIterable {
        /// An error object, then the end of the stream.
        case errorEvent
        /// The end of the stream without `[DONE]` or a finish reason.
        case cleanEnd
        /// The connection breaks.
        case brokenConnection
    }

    /// The number of the request, from 0.
    var number: Int
    var isRateLimited: Bool
    var mistake: Mistake?
    var streamError: StreamError?
    var ttftMicros: Int64

    init(number: Int, _ configuration: SimulatedInference.Configuration) {
        var random = SeededRandom(seed: configuration.seed, agent: number, session: 0)
        func one<Kind: CaseIterable>(_ share: Double) -> Kind? {
            let (draw, kind) = (random.unit(), random.next())
            return draw < share ? Array(Kind.allCases)[Int(kind % UInt64(Kind.allCases.count))] : nil
        }
        self.number = number
        isRateLimited = random.unit() < configuration.rateLimitShare
        mistake = one(configuration.mistakeShare)
        streamError = one(configuration.streamErrorShare)
        ttftMicros = Jitter.micros(mean: configuration.ttftMicros, &random)
    }
}
