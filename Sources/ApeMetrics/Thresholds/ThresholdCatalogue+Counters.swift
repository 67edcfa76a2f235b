import ApeCore

extension ThresholdCatalogue {
    static func number(_ condition: ThresholdCondition) throws(ThresholdMistake) -> ThresholdQuantity {
        let number = part(condition)
        let whole = whole(condition)
        switch condition.statistic {
        case .share where whole == nil:
            throw ThresholdMistake(
                "\(condition.name) is no part of anything else: ask its count or rate",
                column: condition.nameColumn
            )
        case .count, .rate:
            guard condition.name.hasSuffix("_us") else { break }
            throw ThresholdMistake("\(condition.name) is a sum of times: ask its share", column: condition.nameColumn)
        default: break
        }
        return .number(number, whole: whole)
    }

    /// What is counted.
    private static func part(_ condition: ThresholdCondition) -> NumberSource {
        let name = condition.name
        let filter = FailureFilter(
            reason: condition.value(of: "reason"),
            status: condition.value(of: "status"),
            route: condition.value(of: "route"),
            goal: condition.value(of: "goal"),
            party: condition.value(of: "party").flatMap(Party.init(rawValue:))
        )
        switch name {
        case CounterFamily.sessionsFailed.name where filter == FailureFilter(reason: filter.reason):
            return NumberSource(.family(.sessionsFailed, filter.reason))
        case CounterFamily.sessionsFailed.name where filter == FailureFilter(goal: filter.goal):
            return NumberSource(.family(.goalSessionsFailed, filter.goal))
        case CounterFamily.sessionsFailed.name, CounterFamily.sessionFailures.name:
            return NumberSource(.failures(filter))
        case CounterFamily.routeErrors.name: return NumberSource(.routeErrors(filter))
        case CounterName.sessionsSucceeded.rawValue where filter.goal != nil:
            return NumberSource(.family(.goalSessionsSucceeded, filter.goal))
        case CounterName.sessionsSuccessfulStateful.rawValue where filter.goal != nil:
            return NumberSource(.family(.goalSessionsSuccessfulStateful, filter.goal))
        default: break
        }
        guard let family = (CounterFamily.all + GapLabel.allCases.flatMap(\.families)).first(where: { $0.name == name })
        else { return NumberSource(.counter(CounterName(rawValue: name))) }
        return NumberSource(.family(family, condition.value(of: family.label.rawValue)))
    }

    /// What a counter is a part of, narrowed to the same goal, route or peer; nil where it is no part of anything.
    private static func whole(_ condition: ThresholdCondition) -> NumberSource? {
        let (goal, route) = (condition.value(of: "goal"), condition.value(of: "route"))
        switch condition.name {
        case CounterFamily.actions.name: return NumberSource(.family(.actions, nil))
        case CounterFamily.decisionErrors.name:
            return NumberSource(.family(.decisionErrors, nil), .samples(.attemptTTFT))
        case CounterFamily.routeErrors.name, CounterFamily.routeRequests.name:
            return NumberSource(
                .family(.routeRequests, route == nil || condition.name == "route_requests" ? nil : route)
            )
        case CounterFamily.silentStreams.name, CounterFamily.leftStreams.name:
            return NumberSource(.family(.streams, route))
        case CounterFamily.connectionsOpened.name, CounterFamily.connectionsReused.name:
            let peer = condition.value(of: "peer")
            return NumberSource(.family(.connectionsOpened, peer), .family(.connectionsReused, peer))
        case CounterFamily.connectionsFailed.name:
            let peer = condition.value(of: "peer")
            return NumberSource(.family(.connectionsOpened, peer), .family(.connectionsFailed, peer))
        case CounterFamily.agentTime.name, CounterName.harnessMicros.rawValue:
            return NumberSource(.family(.agentTime, nil))
        case CounterName.absentMicros.rawValue:
            return NumberSource(.family(.agentTime, nil), .counter(.absentMicros))
        case CounterName.tokensCached.rawValue, CounterName.tokensCacheWrite.rawValue:
            return NumberSource(.counter(.tokensIn))
        case CounterName.tokensReasoning.rawValue: return NumberSource(.counter(.tokensOut))
        case CounterName.tokensEstimated.rawValue:
            return NumberSource(.counter(.tokensIn), .counter(.tokensOut))
        case CounterName.verifications.rawValue: return NumberSource(.counter(.targetRequests))
        case CounterName.simulationErrors.rawValue: return NumberSource(.counter(.decisions))
        default: break
        }
        if isOfSessions(condition.name) { return sessions(of: goal) }
        for label in GapLabel.allCases {
            guard label.families.contains(where: { $0.name == condition.name && $0 != label.gapsFamily }) else {
                continue
            }
            return NumberSource(.family(label.gapFamily, label == .goal ? goal : route))
        }
        return nil
    }

    private static func isOfSessions(_ name: String) -> Bool {
        [
            CounterName.sessionsSucceeded.rawValue, CounterName.sessionsStateful.rawValue,
            CounterName.sessionsSuccessfulStateful.rawValue, CounterFamily.sessionsFailed.name,
            CounterFamily.sessionFailures.name, CounterFamily.goalSessionsSucceeded.name,
            CounterFamily.goalSessionsFailed.name, CounterFamily.goalSessionsSuccessfulStateful.name,
        ].contains(name)
    }

    /// Completed sessions.
    private static func sessions(of goal: String?) -> NumberSource {
        guard let goal else { return NumberSource(.counter(.sessionsSucceeded), .family(.sessionsFailed, nil)) }
        return NumberSource(.family(.goalSessionsSucceeded, goal), .family(.goalSessionsFailed, goal))
    }
}
