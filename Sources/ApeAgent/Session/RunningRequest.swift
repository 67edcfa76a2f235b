import ApeTransfer

/// What has come of a request so far. It has a place of its own: in the functions that wait for answers it would be a part
/// of their frames, several times over.
final class RunningRequest {
    let planned: PlannedRequest
    var outcome: TargetOutcome

    init(_ planned: PlannedRequest, at now: Int64) {
        self.planned = planned
        outcome = TargetOutcome(startedMicros: now)
    }

    @inline(never) func take(_ response: TransferResponse) {
        outcome.requests += 1 + response.redirects
        outcome.connections.add(response)
        outcome.sentCookie = outcome.sentCookie || response.sentCookie
        outcome.result = .success(response)
    }

    @inline(never) func take(_ error: TransferError) {
        if error.startedMicros != nil {
            outcome.requests += 1 + error.redirectedFrom.count
            outcome.connections.add(error)
        }
        outcome.result = .failure(error)
    }
}
