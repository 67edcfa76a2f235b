import ApeCore
import ApeInference
import ApeMetrics
import ApeTransfer

/// How a session's requests are made, tried again and filed.
extension SessionRun {
    /// Makes a request, and makes it again where the target asks for patience. A stop does not cut a request, so that the
    /// target's counts and APE's agree. It does cut the wait before the next one: then the last answer counts.
    mutating func perform(_ planned: PlannedRequest) async throws -> TargetOutcome {
        var outcome = TargetOutcome(startedMicros: transport.nowMicros)
        while true {
            await attempt(planned, &outcome)
            guard let wait = try waitBeforeNext(outcome), !control.isStopped else { return outcome }
            turn(to: .retryWait)
            guard (try? await pause(wait)) != nil else { return outcome }
            turn(to: .target)
            outcome.retryWaitMicros += transport.nowMicros - outcome.endedMicros
        }
    }

    /// How long to wait until the request is made again; nil where the last attempt counts.
    @inline(never) private mutating func waitBeforeNext(_ outcome: TargetOutcome) throws -> Int64? {
        guard case .success(let response) = outcome.result, response.status == 429 || response.status == 503 else {
            try Task.checkCancellation()
            return nil
        }
        return runner.prepared.targetPolicy.wait(
            after: outcome.attempts,
            retryAfterMicros: RetryAfter.micros(of: response, wallSeconds: transport.wallSeconds),
            remainingMicros: machine.deadlineMicros - outcome.endedMicros,
            random: &random
        )
    }

    private mutating func attempt(_ planned: PlannedRequest, _ outcome: inout TargetOutcome) async {
        let began = transport.nowMicros
        do throws(TransferError) {
            let request = request(planned, &outcome, at: began)
            take(try await transport.perform(request), &outcome)
        } catch {
            take(error, &outcome)
        }
        outcome.endedMicros = transport.nowMicros
        outcome.attempts += 1
        settle(planned, &outcome, began: began)
    }

    // An agent that waits for an answer holds the frames of what waits above. None of what follows is to become a part of
    // them.

    @inline(never) private mutating func request(
        _ planned: PlannedRequest,
        _ outcome: inout TargetOutcome,
        at now: Int64
    ) -> TransferRequest {
        var request = planned.request
        outcome.spanID = context.nextSpan()
        request.headers.append(("traceparent", context.parent(outcome.spanID)))
        request.totalTimeoutMicros = min(request.totalTimeoutMicros, max(1, machine.deadlineMicros - now))
        return request
    }

    @inline(never) private func take(_ response: TransferResponse, _ outcome: inout TargetOutcome) {
        outcome.requests += 1 + response.redirects
        outcome.connections.add(response)
        outcome.sentCookie = outcome.sentCookie || response.sentCookie
        outcome.result = .success(response)
    }

    @inline(never) private func take(_ error: TransferError, _ outcome: inout TargetOutcome) {
        if error.startedMicros != nil {
            outcome.requests += 1 + error.redirectedFrom.count
            outcome.connections.add(error)
        }
        outcome.result = .failure(error)
    }

    /// Files the last attempt.
    @inline(never) private func settle(_ planned: PlannedRequest, _ outcome: inout TargetOutcome, began: Int64) {
        switch outcome.result {
        case .success(let response):
            if let stream = AnswerStream(response) { outcome.streams.append(stream.waits(response, isWhole: true)) }
            let micros = response.endedMicros - response.startedMicros
            let reason = Blame.reason(status: response.status, of: planned, carriesReceived: outcome.sentCookie)
            if let reason {
                outcome.faults.append(.init(status: "\(response.status)", party: reason.party, waitedMicros: micros))
            } else {
                outcome.answered.append(micros)
            }
        case .failure(let error):
            if let partial = error.partial, let stream = AnswerStream(partial) {
                outcome.streams.append(stream.waits(partial, isWhole: false))
            }
            let waited = outcome.endedMicros - began
            let isEnd = error.kind.isTimeout && outcome.endedMicros >= machine.deadlineMicros
            let fault = isEnd ? AttemptFault.sessionEnd : error.kind.fault
            // What the session's end cut short after a moment says nothing of the target.
            let isShort = isEnd && 2 * waited < outcome.endedMicros - startedMicros
            let party = isShort ? Party.simulation : fault.isOwn ? .harness : .target
            outcome.faults.append(
                .init(status: fault.rawValue, party: party, waitedMicros: fault.isWait ? waited : nil)
            )
        }
    }
}
