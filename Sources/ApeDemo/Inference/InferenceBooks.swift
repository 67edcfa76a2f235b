import ApeCore

/// What becomes of one request, drawn before it is served.
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

/// Exact counts of what the endpoint answered: the outcomes sum to the requests.
struct InferenceBooks: Sendable {
    enum Outcome: String, Sendable, CaseIterable {
        /// A whole answer, mistakes included.
        case decision = "decisions"
        case rateLimited = "rate_limited"
        case streamError = "stream_errors"
        /// 400, 401 or 413.
        case refused
        /// 503, because too many wait for a slot.
        case overloaded
    }

    private(set) var requests = 0
    private var outcomes: [Outcome: Int] = [:]
    private var mistakes = 0
    private var tokensOut = 0

    /// Takes a request's number.
    mutating func begin() -> Int {
        requests += 1
        return requests - 1
    }

    mutating func count(_ outcome: Outcome) {
        outcomes[outcome, default: 0] += 1
    }

    mutating func countAnswer(_ draw: InferenceDraw, tokens: Int) {
        count(draw.streamError == nil ? .decision : .streamError)
        if draw.mistake != nil { mistakes += 1 }
        if draw.streamError == nil { tokensOut += tokens }
    }

    /// The body of `GET /demo/stats`, what waits now apart.
    var json: JSONObject {
        var object: JSONObject = ["requests": .integer(Int64(requests))]
        for outcome in Outcome.allCases { object[outcome.rawValue] = .integer(Int64(outcomes[outcome] ?? 0)) }
        object["mistakes"] = .integer(Int64(mistakes))
        object["tokens_out"] = .integer(Int64(tokensOut))
        return object
    }
}

extension Decision {
    /// The same decision with a mistake that no agent can execute.
    func spoiled(by mistake: InferenceDraw.Mistake) -> Decision {
        guard tool != nil else { return self }
        var decision = self
        switch mistake {
        case .unknownTool: decision.tool = "http_fetch"
        case .missingPath: decision.arguments = #"{"note":"the rest is missing"}"#
        case .brokenArguments: decision.arguments = String(arguments.dropLast(2))
        }
        return decision
    }
}
