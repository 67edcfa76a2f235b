import ApeCore
import Hummingbird
import NIOCore
import Synchronization

extension SimulatedInference {
    /// The number of writes of one stream after the first: enough to show a generation time, few enough to be cheap.
    static let laterWrites = 2
    private static let apiKeyHeader = HTTPFields.Element.Name("x-api-key")
    private static let versionHeader = HTTPFields.Element.Name("anthropic-version")

    /// Serves a request for an answer of the model.
    func complete(_ request: Request, _ api: Scenario.InferenceAPI, _ time: DemoTime) async throws -> Response {
        let arrived = time.nowMicros()
        let draw = InferenceDraw(number: stats.withLock { $0.begin() }, configuration)
        if let apiKey = configuration.apiKey, !Self.carries(apiKey, request, api) {
            let header = api == .messages ? "x-api-key: KEY" : "Authorization: Bearer KEY"
            return refuse(api, 401, "The API key is missing or wrong; send \(header)")
        }
        if configuration.hasStrictMembers, api == .messages, !Self.namesVersion(request) {
            return refuse(api, 400, "anthropic-version: header is required")
        }
        guard let body = try await HTTPBody.collect(request, upTo: Self.maximumBodyBytes) else {
            return refuse(api, 413, "The body is longer than \(Self.maximumBodyBytes) bytes")
        }
        let asked: ModelRequest
        do {
            asked = try ModelRequest(parsing: body, api: api)
        } catch {
            return refuse(api, 400, error.message)
        }
        do {
            try rules.check(asked)
        } catch {
            return refuse(api, error.status, error.message, code: error.code)
        }
        if draw.isRateLimited {
            stats.withLock { $0.count(.rateLimited) }
            return api.error(429, "Too many requests; wait and try again", retryAfter: true)
        }
        var slot: SlotQueue.Slot?
        if let slots {
            slot = try await slots.acquire()
            guard slot != nil else {
                stats.withLock { $0.count(.overloaded) }
                return api.error(503, "Too many requests wait already", retryAfter: true)
            }
        }
        return try await generate(asked, draw, slot, time, arrivedMicros: arrived)
    }

    private static func carries(_ key: String, _ request: Request, _ api: Scenario.InferenceAPI) -> Bool {
        if request.headers[.authorization] == "Bearer " + key { return true }
        return api == .messages && apiKeyHeader.flatMap { request.headers[$0] } == key
    }

    private static func namesVersion(_ request: Request) -> Bool {
        versionHeader.flatMap { request.headers[$0] } != nil
    }

    private func refuse(
        _ api: Scenario.InferenceAPI,
        _ status: Int,
        _ message: String,
        code: String? = nil
    ) -> Response {
        stats.withLock { $0.count(.refused) }
        return api.error(status, message, code: code)
    }

    private func generate(
        _ request: ModelRequest,
        _ draw: InferenceDraw,
        _ slot: SlotQueue.Slot?,
        _ time: DemoTime,
        arrivedMicros: Int64
    ) async throws -> Response {
        let started = time.nowMicros()
        let decision = decide(request, draw)
        let events = CompletionEvents(decision, includesUsage: request.includesUsage)
        let generationMicros = Int64(Double(events.tokens - 1) / configuration.tokensPerSecond * 1_000_000)
        var completion = Completion(
            suffix: Completion.suffix(draw.number),
            model: request.model,
            createdSeconds: started / 1_000_000,
            decision: decision,
            usage: usage(of: request, events),
            signature: Self.signature(of: decision, request.api, draw, configuration)
        )
        completion.sendsSignature = request.api != .responses || request.includesEncryptedReasoning
        completion.stampsTime = configuration.sendsTimestamps
        if configuration.sendsTimeInfo {
            completion.times = Completion.Times(
                createdMicros: started,
                queueMicros: max(0, started - arrivedMicros),
                promptMicros: draw.ttftMicros,
                completionMicros: generationMicros
            )
        }
        let writer = request.api.writer(completion)
        stats.withLock { $0.countAnswer(draw, completion.usage) }
        if request.isStreamed {
            try await time.sleep(draw.ttftMicros)
            return stream(events.events, writer, draw.streamError, slot, time, generationMicros)
        }
        try await time.sleep(draw.ttftMicros + generationMicros)
        return withExtendedLifetime(slot) {
            if draw.streamError != nil { return request.api.error(500, "The model failed") }
            return Response(json: writer.whole, status: 200)
        }
    }

    private func decide(_ request: ModelRequest, _ draw: InferenceDraw) -> Decision {
        let planner = Planner(request)
        var decision = planner.decide()
        if let mistake = draw.mistake { decision = decision.spoiled(by: mistake) }
        if configuration.reasoning != .none { decision.reasoning = planner.reasoning(for: decision) }
        return request.tools.isEmpty ? decision.asContent : decision
    }

    private func usage(of request: ModelRequest, _ events: CompletionEvents) -> Completion.Usage {
        var usage = Completion.Usage(prompt: request.body.count / 4, completion: events.tokens)
        usage.reasoning = events.reasoningTokens
        guard request.usesCache else { return usage }
        let match = cache.withLock { $0.take(request.body, request.parts) }
        usage.cached = match.known / 4
        if request.api == .messages { usage.cacheWritten = match.new / 4 }
        return usage
    }

    private static func signature(
        of decision: Decision,
        _ api: Scenario.InferenceAPI,
        _ draw: InferenceDraw,
        _ configuration: Configuration
    ) -> String? {
        guard configuration.reasoning == .signed, let reasoning = decision.reasoning else { return nil }
        let callID = decision.tool == nil ? nil : api.callID(Completion.suffix(draw.number))
        return ThoughtSignature.text(of: reasoning, callID: callID)
    }

    private func stream(
        _ events: [CompletionEvents.Event],
        _ writer: any CompletionWriter,
        _ error: InferenceDraw.StreamError?,
        _ slot: SlotQueue.Slot?,
        _ time: DemoTime,
        _ generationMicros: Int64
    ) -> Response {
        let parts = Self.parts(of: events.count)
        let pause = generationMicros / Int64(max(1, parts.count - 1))
        let body = ResponseBody { body in
            var writer = writer
            // A stream that breaks off sends its first half.
            for part in error == nil ? parts[...] : parts.prefix(parts.count / 2) {
                if part.lowerBound > 0 { try await time.sleep(pause) }
                try await body.write(writer.chunk(events[part], nowMicros: time.nowMicros()))
            }
            if error == .brokenConnection {
                throw ApeError(.network, "The answer is broken off, as the demo was asked to")
            }
            if error == .errorEvent { try await body.write(writer.failure(nowMicros: time.nowMicros())) }
            try await body.finish(nil)
            withExtendedLifetime(slot) {}
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache"],
            body: body
        )
    }

    /// Which events are sent together: first the start and the first token, then the others in equal parts.
    static func parts(of count: Int) -> [Range<Int>] {
        let first = min(2, count)
        let rest = count - first
        return [0..<first]
            + (0..<laterWrites).map { part in
                (first + rest * part / laterWrites)..<(first + rest * (part + 1) / laterWrites)
            }.filter { !$0.isEmpty }
    }
}
