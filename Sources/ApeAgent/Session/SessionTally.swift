import ApeCore
import ApeInference
import ApeMetrics
import ApeTransfer

/// Records what happens in sessions; one call for each moment.
extension WindowTally {
    mutating func record(_ outcome: DecisionOutcome) {
        add(.decisions)
        for fault in outcome.faults { add(.decisionErrors(fault.counted)) }
        record(.decisionTime, outcome.decisionMicros)
        if let micros = outcome.ttftMicros { record(.ttft, micros) }
        if let micros = outcome.attemptTTFTMicros { record(.attemptTTFT, micros) }
        if let micros = outcome.contentTTFTMicros { record(.contentTTFT, micros) }
        if let micros = outcome.toolCallMicros { record(.toolCall, micros) }
        if let micros = outcome.generationMicros { record(.generation, micros) }
        if let micros = outcome.clientShareMicros { record(.clientShare, micros) }
        guard case .success(let answer) = outcome.result else { return }
        if let usage = answer.usage {
            add(.tokensIn, usage.prompt)
            add(.tokensOut, usage.completion)
        }
        if let times = answer.timeInfo {
            record(.serverQueue, times.queueMicros)
            record(.serverPrompt, times.promptMicros)
            record(.serverCompletion, times.completionMicros)
        }
    }

    mutating func record(_ outcome: TargetOutcome, _ request: PlannedRequest) {
        add(.targetRequests, Int64(outcome.requests))
        if outcome.attempts > 0 { add(.routeRequests, request.route, Int64(outcome.attempts)) }
        for fault in outcome.faults { add(.routeErrors, "\(request.route) \(fault)") }
        if case .success(let response) = outcome.result {
            record(.targetRoute, request.route, response.endedMicros - response.startedMicros)
        }
        switch request.purpose {
        case .action: add(.actions(outcome.status))
        case .verification: add(.verifications)
        }
    }

    mutating func record(_ outcome: SessionOutcome, goal: String, sessionMicros: Int64) {
        record(.session, sessionMicros)
        add(outcome.isSuccess ? .goalSessionsSucceeded : .goalSessionsFailed, goal)
        if outcome.isSuccess, outcome.isStateful { add(.goalSessionsSuccessfulStateful, goal) }
        if outcome.isStateful { add(.sessionsStateful) }
        if let failure = outcome.failure {
            add(.sessionsFailed(failure.reason))
        } else {
            add(.sessionsSucceeded)
            if outcome.isStateful { add(.sessionsSuccessfulStateful) }
        }
    }
}
