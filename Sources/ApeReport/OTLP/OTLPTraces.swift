import ApeCore
import ApeMetrics
import ApeRun

/// Kept sessions as traces: the session is the root, its decisions and requests are its children, each under the
/// identifier that its `traceparent` carried. So the target's own spans hang below them.
package struct OTLPTraces: Sendable {
    private let origin: OTLPOrigin
    private let inference: Scenario.Inference?
    private let nameOf: @Sendable (String) -> String

    /// - Parameters:
    ///   - origin: who tells.
    ///   - inference: the model's endpoint; nil where every goal is a script, or it is not known.
    ///   - nameOf: a worker's name by its identity.
    package init(
        origin: OTLPOrigin,
        inference: Scenario.Inference?,
        nameOf: @escaping @Sendable (String) -> String
    ) {
        self.origin = origin
        self.inference = inference
        self.nameOf = nameOf
    }

    /// An export's request, `ExportTraceServiceRequest`. Sessions whose trace has no identifier are left out.
    package func request(_ sessions: [ExemplarSession]) -> OTLPMessage {
        origin.request(("resourceSpans", "scopeSpans"), ("spans", sessions.flatMap(spans).map(\.message)))
    }

    func spans(_ exemplar: ExemplarSession) -> [OTLPSpan] {
        guard let trace = exemplar.traceID.flatMap(TraceIdentifier.init) else { return [] }
        let session = exemplar.session
        var root = OTLPSpan(
            traceID: trace.bytes,
            id: trace.rootSpan,
            name: "session \(session.goal)",
            kind: .inside,
            startMicros: session.startMicros,
            endMicros: session.startMicros.addingClamped(session.durationMicros)
        )
        root.attributes.set("ape.goal", session.goal)
        root.attributes.set("ape.agent", exemplar.agent.map(Int64.init))
        root.attributes.set("ape.worker", nameOf(exemplar.worker))
        root.attributes.set("ape.session.outcome", exemplar.hasSucceeded ? "succeeded" : "failed")
        if !exemplar.hasSucceeded {
            root.attributes.set("error.type", exemplar.reason)
            root.attributes.set("ape.failure.party", Party(reason: exemplar.reason).rawValue)
            root.attributes.set("ape.failed_check", session.failedCheck?.name)
            root.error = exemplar.message
        }
        if session.stepsLeftOut > 0 { root.attributes.set("ape.steps_left_out", session.stepsLeftOut) }
        // A session of an earlier version knows no spans: these are at least always the same.
        var random = SeededRandom(seed: trace.rootSpan)
        return [root]
            + session.steps.map { step in
                let own = random.next() | 1
                return span(step, of: root, id: step.spanID == 0 ? own : step.spanID)
            }
    }

    private func span(_ step: SessionTrace.Step, of root: OTLPSpan, id: UInt64) -> OTLPSpan {
        let start = root.startMicros.addingClamped(step.offsetMicros)
        var span = OTLPSpan(
            traceID: root.traceID,
            id: id,
            parent: root.id,
            name: step.what,
            kind: .client,
            startMicros: start,
            endMicros: start.addingClamped(step.durationMicros)
        )
        if step.attempts > 1 { span.attributes.set("http.request.resend_count", Int64(step.attempts - 1)) }
        if step.what == SessionTrace.Step.decision { decide(step, &span) } else { act(step, &span) }
        if let status = step.status { span.attributes.set("http.response.status_code", Int64(status)) }
        let status = step.status.flatMap { $0 >= 400 ? String($0) : nil }
        if let error = step.error ?? status {
            span.attributes.set("error.type", error)
            span.error = ""
        }
        return span
    }

    /// A decision by the conventions for generative AI. They know a time to the first chunk, which is any; APE's first token is one with
    /// content, so that it has a name of its own.
    private func decide(_ step: SessionTrace.Step, _ span: inout OTLPSpan) {
        span.name = inference.map { "chat \($0.model)" } ?? "chat"
        span.attributes.set("gen_ai.operation.name", "chat")
        if let inference {
            span.attributes.set("gen_ai.provider.name", inference.api == .messages ? "anthropic" : "openai")
            span.attributes.set("gen_ai.request.model", inference.model)
            span.attributes["gen_ai.request.stream"] = .flag(true)
        }
        guard let decision = step.decision else { return }
        if decision.tokensIn > 0 || decision.tokensOut > 0 {
            span.attributes.set("gen_ai.usage.input_tokens", decision.tokensIn)
            span.attributes.set("gen_ai.usage.output_tokens", decision.tokensOut)
        }
        if decision.tokensCached > 0 {
            span.attributes.set("gen_ai.usage.cache_read.input_tokens", decision.tokensCached)
        }
        if decision.isEstimate { span.attributes["ape.tokens_estimated"] = .flag(true) }
        if let first = decision.firstTokenMicros {
            span.event = .init(name: "ape.first_token", micros: span.startMicros.addingClamped(first))
            span.attributes["ape.first_token_seconds"] = .number(Double(first) / 1_000_000)
        }
    }

    /// A request to a target by the conventions for HTTP clients.
    private func act(_ step: SessionTrace.Step, _ span: inout OTLPSpan) {
        var route = step.what[...]
        if route.hasPrefix(SessionTrace.Step.verification) {
            route = route.dropFirst(SessionTrace.Step.verification.count)
            span.attributes["ape.verification"] = .flag(true)
        }
        let parts = route.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return }
        span.name = String(route)
        span.attributes.set("http.request.method", String(parts[0]))
        span.attributes.set("url.template", String(parts[1]))
    }
}

/// The identifier of a trace, 32 hexadecimal digits and not all of them 0.
struct TraceIdentifier: Sendable {
    private let high: UInt64
    private let low: UInt64

    init?(_ text: String) {
        guard text.utf8.count == 32, let high = Hexadecimal.number(String(text.prefix(16))),
            let low = Hexadecimal.number(String(text.suffix(16))), high | low != 0
        else { return nil }
        (self.high, self.low) = (high, low)
    }

    var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
    }

    /// The session's own span, which no request carries: the trace's last 16 digits.
    var rootSpan: UInt64 { low == 0 ? high : low }
}
