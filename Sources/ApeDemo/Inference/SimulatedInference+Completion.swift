import ApeCore
import NIOHTTP1

extension SimulatedInference {
    /// What a request has come to when its answer begins.
    private struct Generation {
        var request: ModelRequest
        var draw: InferenceDraw
        var arrivedMicros: Int64
    }

    /// Serves a request for an answer of the model.
    func complete(_ request: DemoRequest, _ api: Scenario.InferenceAPI, _ exchange: DemoExchange) {
        let arrived = nowMicros
        let draw = InferenceDraw(number: stats.begin(), configuration)
        let asked: ModelRequest
        do {
            asked = try read(request, api)
        } catch {
            stats.count(.refused, of: draw.number)
            return exchange.answer(api.error(error.status, error.message, code: error.code))
        }
        if draw.isRateLimited {
            stats.count(.rateLimited, of: draw.number)
            return exchange.answer(api.error(429, "Too many requests; wait and try again", retryAfter: true))
        }
        let generation = Generation(request: asked, draw: draw, arrivedMicros: arrived)
        guard let slots else { return generate(generation, exchange) }
        let isIn = slots.enter(exchange) { [self] slot in
            exchange.whenOver { withExtendedLifetime(slot) {} }
            generate(generation, exchange)
        }
        guard !isIn else { return }
        stats.count(.overloaded, of: draw.number)
        exchange.answer(api.error(503, "Too many requests wait already", retryAfter: true))
    }

    /// Reads a request, or says why it is refused.
    private func read(_ request: DemoRequest, _ api: Scenario.InferenceAPI) throws(Refusal) -> ModelRequest {
        if let apiKey = configuration.apiKey, !Self.carries(apiKey, request.head.headers, api) {
            let header = api == .messages ? "x-api-key: KEY" : "Authorization: Bearer KEY"
            throw Refusal(status: 401, message: "The API key is missing or wrong; send \(header)")
        }
        if configuration.hasStrictMembers, api == .messages, !request.head.headers.contains(name: "anthropic-version") {
            throw Refusal(message: "anthropic-version: header is required")
        }
        guard let body = request.body else {
            throw Refusal(status: 413, message: "The body is longer than \(Self.maximumBodyBytes) bytes")
        }
        let asked: ModelRequest
        do throws(ApeError) {
            asked = try ModelRequest(parsing: body, api: api)
        } catch {
            throw Refusal(message: error.message)
        }
        try rules.check(asked)
        return asked
    }

    private static func carries(_ key: String, _ headers: HTTPHeaders, _ api: Scenario.InferenceAPI) -> Bool {
        if headers.first(name: "Authorization") == "Bearer " + key { return true }
        return api == .messages && headers.first(name: "x-api-key") == key
    }

    private func generate(_ generation: Generation, _ exchange: DemoExchange) {
        let (request, draw) = (generation.request, generation.draw)
        let started = nowMicros
        let decision = decide(request, draw)
        let events = CompletionEvents.of(decision, includesUsage: request.includesUsage)
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
                queueMicros: max(0, started - generation.arrivedMicros),
                promptMicros: draw.ttftMicros,
                completionMicros: generationMicros
            )
        }
        stats.countAnswer(draw, completion.usage)
        let writer = request.api.writer(completion)
        if request.isStreamed {
            let stream = CompletionStream(
                exchange,
                events: events,
                writer: writer,
                error: draw.streamError,
                generationMicros: generationMicros,
                clock: stampClock
            )
            exchange.wait(draw.ttftMicros) { stream.begin() }
        } else {
            exchange.wait(draw.ttftMicros + generationMicros) { [api = request.api] in
                let failed = draw.streamError != nil
                exchange.answer(
                    failed ? api.error(500, "The model failed") : DemoAnswer(json: writer.whole, status: 200)
                )
            }
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
        let match = cache.take(request.body, request.parts)
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
}
