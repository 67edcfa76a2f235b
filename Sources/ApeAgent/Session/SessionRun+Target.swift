import ApeCore
import ApeInference
import ApeMetrics
import ApeTransfer

/// How a session's requests are made, tried again and filed.
extension SessionRun {
    /// Makes a request, and makes it again where the target asks for patience. A stop does not cut a request, so that the
    /// target's counts and APE's agree. It does cut the wait before the next one: then the last answer counts.
    func perform(_ running: RunningRequest) async throws {
        while true {
            await attempt(running)
            guard let wait = try waitBeforeNext(running), !control.isStopped else { break }
            turn(to: .retryWait)
            guard (try? await pause(wait)) != nil else { break }
            turn(to: .target)
            running.outcome.retryWaitMicros += transport.nowMicros - running.outcome.endedMicros
        }
    }

    private func attempt(_ running: RunningRequest) async {
        let began = transport.nowMicros
        do throws(TransferError) {
            running.take(try await transport.perform(request(running, at: began)))
        } catch {
            running.take(error)
        }
        settle(running, began: began)
    }

    // What follows is not to become a part of the functions that wait, either.

    /// How long to wait until the request is made again; nil where the last attempt counts.
    @inline(never) private func waitBeforeNext(_ running: RunningRequest) throws -> Int64? {
        guard case .success(let response) = running.outcome.result, response.status == 429 || response.status == 503
        else {
            try Task.checkCancellation()
            return nil
        }
        return runner.prepared.targetPolicy.wait(
            after: running.outcome.attempts,
            retryAfterMicros: RetryAfter.micros(of: response, wallSeconds: transport.wallSeconds),
            remainingMicros: machine.deadlineMicros - running.outcome.endedMicros,
            random: &random
        )
    }

    @inline(never) private func request(_ running: RunningRequest, at now: Int64) -> TransferRequest {
        var request = running.planned.request
        running.outcome.spanID = context.nextSpan()
        request.headers.append(("traceparent", context.parent(running.outcome.spanID)))
        request.totalTimeoutMicros = min(request.totalTimeoutMicros, max(1, machine.deadlineMicros - now))
        return request
    }

    @inline(never) private func settle(_ running: RunningRequest, began: Int64) {
        running.outcome.endedMicros = transport.nowMicros
        running.outcome.attempts += 1
        settle(running.planned, &running.outcome, began: began)
    }

    /// Files the last attempt.
    private func settle(_ planned: PlannedRequest, _ outcome: inout TargetOutcome, began: Int64) {
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
