import ApeCore
import ApeMetrics

extension Exposition {
    /// What agents did and met, added up over measures such as those of all stages. What was not met yet is there with
    /// 0, but for families whose labels only their first sample names.
    package mutating func add(_ measures: [Measures]) {
        addCounters(measures)
        addSeries(measures)
    }

    private mutating func addCounters(_ measures: [Measures]) {
        func total(_ name: CounterName) -> Int64 { measures.reduce(0) { $0.addingClamped($1[name]) } }
        add(.sessions, total(.sessionsStarted))
        add(.successfulSessions, total(.sessionsSucceeded))
        add(.statefulSessions, total(.sessionsStateful))
        add(.successfulStatefulSessions, total(.sessionsSuccessfulStateful))
        add(.failedSessions, byLabel: labels(.sessionsFailed, of: measures))
        add(.unfinishedSessions, total(.sessionsUnfinished))
        var statuses = labels(.actions, of: measures)
        for status in ActionStatus.allCases { statuses[status.rawValue, default: 0] += 0 }
        add(.agentRequests, byLabel: statuses)
        add(.targetRequests, total(.targetRequests))
        add(.verifications, total(.verifications))
        add(.decisions, total(.decisions))
        add(.decisionErrors, byLabel: labels(.decisionErrors, of: measures))
        add(.tokens, byLabel: ["in": total(.tokensIn), "out": total(.tokensOut)])
        add(.eventsDropped, total(.eventsDropped))
    }

    private mutating func addSeries(_ measures: [Measures]) {
        func buckets(_ name: SeriesName) -> LatencyBuckets {
            measures.reduce(into: LatencyBuckets()) { buckets, part in
                if let histogram = part.series[name] { buckets.add(histogram) }
            }
        }
        add(.mtba, buckets(.gap))
        for part in [SeriesName.decision, .target, .think, .retryWait, .overhead] {
            add(.gapParts, at: [part.rawValue], buckets(part))
        }
        add(.ttft, buckets(.ttft))
        add(.attemptTTFT, buckets(.attemptTTFT))
        add(.contentTTFT, buckets(.contentTTFT))
        add(.toolCall, buckets(.toolCall))
        add(.generation, buckets(.generation))
        add(.decisionTime, buckets(.decisionTime))
        let routes = Set(measures.flatMap { $0.series.keys.compactMap { $0.value(in: .targetRoute) } })
        for route in routes.sorted() { add(.targetDuration, at: [route], buckets(.target(route: route))) }
        add(.sessionTime, buckets(.session))
        add(.startup, buckets(.startup))
    }

    private mutating func add(_ family: MetricFamily, byLabel values: [String: Int64]) {
        for (label, value) in values.sorted(by: { $0.key < $1.key }) { add(family, at: [label], value) }
    }

    private func labels(_ family: CounterFamily, of measures: [Measures]) -> [String: Int64] {
        measures.reduce(into: [:]) { labels, part in
            labels.merge(part.labels(of: family)) { $0.addingClamped($1) }
        }
    }
}
