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
        record(.ttft, outcome.ttftMicros)
        if let micros = outcome.attemptTTFTMicros { record(.attemptTTFT, micros) }
        if let micros = outcome.contentTTFTMicros { record(.contentTTFT, micros) }
        if let micros = outcome.toolCallMicros { record(.toolCall, micros) }
        if let micros = outcome.generationMicros { record(.generation, micros) }
        if let micros = outcome.clientShareMicros { record(.clientShare, micros) }
        if let usage = outcome.usage { add(usage, estimated: outcome.estimatedTokens) }
        guard case .success(let answer) = outcome.result else { return }
        if let times = answer.timeInfo {
            if let micros = times.queueMicros { record(.serverQueue, micros) }
            if let micros = times.promptMicros { record(.serverPrompt, micros) }
            if let micros = times.completionMicros { record(.serverCompletion, micros) }
        }
    }

    /// Counts a prompt; nil for one that was not looked up.
    mutating func record(isNewPrompt: Bool?) {
        guard let isNewPrompt else { return }
        add(.promptsCounted)
        if isNewPrompt { add(.promptsDistinct) }
    }

    private mutating func add(_ usage: TokenUsage, estimated: Int64) {
        let tokens: [(CounterName, Int64)] = [
            (.tokensIn, usage.prompt), (.tokensOut, usage.completion), (.tokensCached, usage.cached),
            (.tokensCacheWrite, usage.cacheWrite), (.tokensReasoning, usage.reasoning), (.tokensEstimated, estimated),
        ]
        for (name, number) in tokens where number > 0 { add(name, number) }
    }

    mutating func record(_ connections: ConnectionLog, _ peer: PeerNames) {
        if connections.plainReuses > 0 { add(peer.reused, Int64(connections.plainReuses)) }
        for use in connections.others {
            if use.opened > 0 { add(peer.opened, Int64(use.opened)) }
            if use.reused > 0 { add(peer.reused, Int64(use.reused)) }
            if use.hasFailed { add(peer.failed) }
            if use.repeats > 0 { add(peer.repeated, Int64(use.repeats)) }
            if use.nameLookupMicros > 0 { record(peer.nameLookup, use.nameLookupMicros) }
            if use.connectMicros > 0 { record(peer.connect, use.connectMicros) }
            if use.tlsMicros > 0 { record(peer.tls, use.tlsMicros) }
        }
    }

    mutating func record(_ outcome: TargetOutcome, _ request: PlannedRequest) {
        add(.targetRequests, Int64(outcome.requests))
        if outcome.attempts > 0 { add(.routeRequests, request.route, Int64(outcome.attempts)) }
        for attempt in outcome.answered { record(.targetRoute, request.route, attempt) }
        for stream in outcome.streams {
            add(.streams, request.route)
            add(.routeEvents, request.route, Int64(stream.events))
            if stream.events == 0 { add(.silentStreams, request.route) }
            if stream.wasLeft { add(.leftStreams, request.route) }
            if let first = stream.firstMicros { record(.firstEvent, request.route, first) }
            for gap in stream.gapMicros { record(.eventGap, request.route, gap) }
        }
        for fault in outcome.faults {
            addFailed(request.route, fault.status, fault.party, waitedMicros: fault.waitedMicros)
        }
        switch request.purpose {
        case .action: add(.actions(outcome.status))
        case .verification: add(.verifications)
        }
    }

    mutating func record(_ outcome: SessionOutcome, goal: PreparedGoal, sessionMicros: Int64) {
        record(.session, sessionMicros)
        let name = goal.goal.name
        if outcome.isStateful { add(.sessionsStateful) }
        if let failure = outcome.failure {
            addFailure(failure.label(goal: name), sessionMicros: sessionMicros)
            return
        }
        add(.sessionsSucceeded)
        add(.goalSessionsSucceeded, name)
        // A goal of a single request has no stateful session: plain success is all that it can show.
        guard outcome.isStateful || !goal.canBeStateful else { return }
        add(.sessionsSuccessfulStateful)
        add(.goalSessionsSuccessfulStateful, name)
        record(.sessionSuccessful, sessionMicros)
    }
}
