import ApeCore
import ApeMetrics
import ApeTransfer

extension SeriesName {
    /// From the moment that the server stamped into the first token's event (`ape_sent_us`) to its being read: what
    /// the client adds to a time to first token. Only where both share a clock.
    package static let clientShare = SeriesName(rawValue: "client_share")
    /// The endpoint's own account of a decision, where it gives one: waiting, reading the prompt, generating.
    package static let serverQueue = SeriesName(rawValue: "server_queue")
    package static let serverPrompt = SeriesName(rawValue: "server_prompt")
    package static let serverCompletion = SeriesName(rawValue: "server_completion")
}

extension CounterName {
    /// Calls of the model that could not be made, and answers without a call.
    package static let simulationErrors = CounterName(rawValue: "simulation_errors")
}

/// Records what happens in sessions; one call for each moment.
extension WindowTally {
    mutating func record(_ outcome: DecisionOutcome) {
        add(.decisions)
        for fault in outcome.faults { add(.decisionErrors(fault.label)) }
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
        if outcome.attempts > 0 { add(.routeRequests, "route", request.route, Int64(outcome.attempts)) }
        for fault in outcome.faults { add(.routeErrors, "route", "\(request.route) \(fault)") }
        if case .success(let response) = outcome.result {
            record(.target, "route", request.route, response.endedMicros - response.startedMicros)
        }
        switch request.purpose {
        case .action: add(.actions(outcome.statusClass))
        case .verification: add(.verifications)
        }
    }

    mutating func record(_ outcome: SessionOutcome, goal: String, sessionMicros: Int64) {
        record(.session, sessionMicros)
        add(outcome.isSuccess ? .goalSessionsSucceeded : .goalSessionsFailed, "goal", goal)
        if outcome.isSuccess, outcome.isStateful { add(.goalSessionsSuccessfulStateful, "goal", goal) }
        if outcome.isStateful { add(.sessionsStateful) }
        if let failure = outcome.failure {
            add(.sessionsFailed(failure.reason))
        } else {
            add(.sessionsSucceeded)
            if outcome.isStateful { add(.sessionsSuccessfulStateful) }
        }
    }
}
