import ApeCore
import Hummingbird
import NIOCore
import Synchronization

extension SimulatedInference {
    /// The number of writes of one stream after the first: enough to show a generation time, few enough to be cheap.
    static let laterWrites = 2

    /// Serves `POST /v1/chat/completions`.
    func complete(_ request: Request, _ time: DemoTime) async throws -> Response {
        let arrived = time.nowMicros()
        let draw = InferenceDraw(number: stats.withLock { $0.begin() }, configuration)
        if let apiKey = configuration.apiKey, request.headers[.authorization] != "Bearer " + apiKey {
            return refuse(401, "The API key is missing or wrong; send Authorization: Bearer KEY")
        }
        guard let body = try await HTTPBody.collect(request, upTo: Self.maximumBodyBytes) else {
            return refuse(413, "The body is longer than \(Self.maximumBodyBytes) bytes")
        }
        let chat: ChatRequest
        do {
            chat = try ChatRequest(parsing: body)
        } catch {
            return refuse(400, error.message)
        }
        let again: HTTPFields = [.retryAfter: "\(Self.retryAfterSeconds)"]
        if draw.isRateLimited {
            stats.withLock { $0.count(.rateLimited) }
            return Self.error(429, "Too many requests; wait and try again", headers: again)
        }
        var slot: SlotQueue.Slot?
        if let slots {
            slot = try await slots.acquire()
            guard slot != nil else {
                stats.withLock { $0.count(.overloaded) }
                return Self.error(503, "Too many requests wait already", headers: again)
            }
        }
        return try await generate(chat, draw, slot, time, arrivedMicros: arrived)
    }

    private func refuse(_ status: Int, _ message: String) -> Response {
        stats.withLock { $0.count(.refused) }
        return Self.error(status, message)
    }

    private func generate(
        _ chat: ChatRequest,
        _ draw: InferenceDraw,
        _ slot: SlotQueue.Slot?,
        _ time: DemoTime,
        arrivedMicros: Int64
    ) async throws -> Response {
        let started = time.nowMicros()
        var decision = Planner(chat).decide()
        if let mistake = draw.mistake { decision = decision.spoiled(by: mistake) }
        let asContent = chat.tools.isEmpty
        let events = CompletionEvents(decision, asContent: asContent, includesUsage: chat.includesUsage)
        let generationMicros = Int64(Double(events.tokens - 1) / configuration.tokensPerSecond * 1_000_000)
        let times = CompletionWriter.Times(
            createdMicros: started,
            queueMicros: max(0, started - arrivedMicros),
            promptMicros: draw.ttftMicros,
            completionMicros: generationMicros
        )
        let writer = CompletionWriter(
            id: Self.identifier(draw.number),
            model: chat.model,
            createdSeconds: started / 1_000_000,
            promptTokens: chat.body.count / 4,
            completionTokens: events.tokens,
            times: configuration.sendsTimeInfo ? times : nil,
            stampsTime: configuration.sendsTimestamps
        )
        stats.withLock { $0.countAnswer(draw, tokens: events.tokens) }
        if chat.isStreamed {
            try await time.sleep(draw.ttftMicros)
            return stream(events, writer, draw.streamError, slot, time, generationMicros)
        }
        try await time.sleep(draw.ttftMicros + generationMicros)
        return withExtendedLifetime(slot) {
            if draw.streamError != nil { return Self.error(500, "The model failed") }
            return Response(json: writer.whole(decision, asContent: asContent), status: 200)
        }
    }

    private func stream(
        _ completion: CompletionEvents,
        _ writer: CompletionWriter,
        _ error: InferenceDraw.StreamError?,
        _ slot: SlotQueue.Slot?,
        _ time: DemoTime,
        _ generationMicros: Int64
    ) -> Response {
        let events = completion.events
        let parts = Self.parts(of: events.count)
        let pause = generationMicros / Int64(max(1, parts.count - 1))
        let body = ResponseBody { body in
            // A stream that breaks off sends its first half.
            for part in error == nil ? parts[...] : parts.prefix(parts.count / 2) {
                if part.lowerBound > 0 { try await time.sleep(pause) }
                try await body.write(writer.chunk(events[part], nowMicros: time.nowMicros()))
            }
            if error == .brokenConnection {
                throw ApeError(.network, "The answer is broken off, as the demo was asked to")
            }
            if error == .errorEvent { try await body.write(CompletionWriter.failure) }
            try await body.finish(nil)
            withExtendedLifetime(slot) {}
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache"],
            body: body
        )
    }

    /// Which events are sent together: first the role and the first token, then the others in equal parts.
    static func parts(of count: Int) -> [Range<Int>] {
        let first = min(2, count)
        let rest = count - first
        return [0..<first]
            + (0..<laterWrites).map { part in
                (first + rest * part / laterWrites)..<(first + rest * (part + 1) / laterWrites)
            }.filter { !$0.isEmpty }
    }

    private static func identifier(_ number: Int) -> String {
        let digits = String(number, radix: 36)
        return "chatcmpl-" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }
}
