import ApeCore
import ApeMetrics
import ApeRun

extension Diagnosis {
    /// The most routes that are named.
    private static let namedRoutes = 3

    /// A target that is slow on all its routes: no single one of them explains it.
    var slowTarget: Recommendation? {
        let routes = hold.routeBreakdowns.filter { $0.value.targetMicros > 0 && $0.value.gaps > 0 }
        guard routes.count > 1, share(.target) >= max(leastShare, Self.materialShare),
            !routes.values.contains(where: standsOut)
        else { return nil }
        let fraction = fraction(of: .target)
        let mean = seconds(gaps.targetMicros, of: gaps.gaps)
        let cut = GapCut([.target: fraction])
        let servers = targetServers
        return Recommendation(
            id: "target-slow",
            category: .performance,
            cause: .target,
            description: "The target's answers take \(FigureText.seconds(mean)) of the mean gap, "
                + "\(FigureText.percent(share(.target))) of it, on all \(routes.count) routes alike\(clause(servers)).",
            action: "Bring the target's answers from \(FigureText.seconds(mean)) to "
                + "\(FigureText.seconds(mean * (1 - fraction))) in the mean.",
            steps: [
                "Look for what all routes share: a database, a pool of connections, the host's CPU, a gateway.",
                "Mend it, and measure the same scenario again.",
            ],
            evidence: [evidence(.target)] + servers,
            improvements: replay.mtba(cut),
            cut: cut,
            explains: share(.target),
            explainsStalls: true
        )
    }

    /// How long a gap waits for the target that begins with one of the other routes, in seconds.
    private func waitOfOthers(than part: GapBreakdown) -> Double {
        seconds(gaps.targetMicros - part.targetMicros, of: gaps.gaps - part.gaps)
    }

    /// Whether a route is waited for three times as long as the others.
    private func standsOut(_ part: GapBreakdown) -> Bool {
        let others = waitOfOthers(than: part)
        return others > 0 && seconds(part.targetMicros, of: part.gaps) >= 3 * others
    }

    /// Routes whose answers take much of the gaps that begin with them.
    var slowRoutes: [Recommendation] {
        // How long a stream is listened to is the scenario's choice.
        let routes = hold.routeBreakdowns.filter {
            $0.value.targetMicros > 0 && $0.value.gaps > 0 && hold[CounterFamily.leftStreams[$0.key]] == 0
        }
        guard gaps.targetMicros > 0 else { return [] }
        return routes.sorted { ($0.value.targetMicros, $1.key) > ($1.value.targetMicros, $0.key) }
            .prefix(Self.namedRoutes).compactMap { slowRoute($0.key, $0.value) }
    }

    private func slowRoute(_ route: String, _ part: GapBreakdown) -> Recommendation? {
        let share = Double(part.targetMicros) / Double(gaps.gapMicros)
        let mean = seconds(part.targetMicros, of: part.gaps)
        let others = waitOfOthers(than: part)
        let standsOut = standsOut(part)
        guard share >= leastShare || standsOut && share >= leastShare / 3 else { return nil }
        let aim = standsOut ? others : mean / 2
        let cut = GapCut([
            .target: (1 - aim / mean) * Double(part.targetMicros) / Double(gaps.targetMicros)
        ])
        let comparison = standsOut ? ", the other routes \(FigureText.seconds(others))" : ""
        let answers = hold[SeriesName.target(route: route)]
        let tail = answers.percentile(95).map { "; 95 % of its answers within \(FigureText.seconds(Double($0) / 1e6))" }
        return Recommendation(
            id: "target-slow \(route)",
            category: .performance,
            cause: .target,
            description: "\(route) takes \(FigureText.seconds(mean)) of each gap that it begins\(comparison): "
                + "\(FigureText.percent(share)) of all time in gaps.",
            action: "Bring \(route) from \(FigureText.seconds(mean)) to \(FigureText.seconds(aim))"
                + (standsOut ? ", as the other routes take." : "."),
            steps: [
                "Find where \(route) spends its time: every request carries a traceparent, so follow one in the target's "
                    + "traces or slow-query log.",
                "Mend it, and measure the same scenario again.",
            ],
            evidence: [
                .init(
                    source: "routes[route=\(route)].gap_parts.target.mean_seconds",
                    value: mean,
                    unit: "seconds",
                    words:
                        "\(route) is waited for \(FigureText.seconds(mean)) in \(part.gaps) gaps\(comparison)\(tail ?? "")"
                ),
                .init(
                    source: "routes[route=\(route)].gap_parts.target.sum_seconds",
                    value: share,
                    unit: "share of gaps",
                    words: "its answers are \(FigureText.percent(share)) of all time in gaps"
                ),
            ] + targetServers,
            improvements: replay.mtba(cut),
            cut: cut,
            explains: share,
            explainsStalls: true
        )
    }

    /// Routes whose attempts failed though their sessions went on: retries and the model made it good.
    var failingRoutes: [Recommendation] {
        let told = Set(failures.rows(of: .target).compactMap(\.route) + failureGroups.compactMap(\.route))
        let failures = hold.routeFailures.filter { $0.isOutage && !told.contains($0.route) }
        let all = failures.reduce(Int64(0)) { $0.addingClamped($1.count) }
        return Dictionary(grouping: failures, by: \.route)
            .map {
                (route: $0.key, failures: $0.value, count: $0.value.reduce(Int64(0)) { $0.addingClamped($1.count) })
            }
            .sorted { ($0.count, $1.route) > ($1.count, $0.route) }
            .prefix(Self.namedRoutes)
            .compactMap { failingRoute($0.route, $0.failures, count: $0.count, ofAll: all) }
    }

    private func failingRoute(_ route: String, _ failures: [RouteFailure], count: Int64, ofAll all: Int64)
        -> Recommendation?
    {
        guard let top = failures.first, top.requests > 0 else { return nil }
        let rate = min(1, Double(count) / Double(top.requests))
        guard rate >= Self.materialRate && count >= 3 else { return nil }
        let interval = WilsonScore.interval(successes: min(count, top.requests), trials: top.requests)
        let cut = GapCut([.retryWait: retryShare.target * Double(count) / Double(max(1, all))])
        let statuses = failures.map { "\($0.status) \($0.count)" }.joined(separator: ", ")
        return Recommendation(
            id: "target-errors \(route)",
            category: .sessionSuccess,
            cause: .target,
            description: "The target fails \(route) in \(FigureText.percent(rate)) of \(top.requests) attempts"
                + "\(FigureText.rate(interval)), most with \(top.status).",
            action:
                "Bring the failures of \(route) from \(FigureText.percent(rate)) to 0: mend what answers \(top.status) there.",
            steps: [
                "Look for \(top.status) on \(route) in the target's log; the report's fleet_events hold trace IDs.",
                "Mend it. limits.target_retries only hides it, and its waits are in the gaps.",
                "Run the same scenario again.",
            ],
            evidence: [
                .init(
                    source: "failures.by_route[route=\(route)].rate",
                    value: rate,
                    unit: "share",
                    words: "\(count) of \(top.requests) attempts at \(route) failed (\(statuses))"
                )
            ] + (cut.micros(of: gaps) > 0 ? [evidence(.retryWait)] : []),
            improvements: replay.mtba(cut),
            cut: cut,
            explains: share(.retryWait) * retryShare.target,
            outcome: cut.micros(of: gaps) > 0
                ? nil : "No session failed for it, and no wait for its retries fell into a gap"
        )
    }

    /// Whose retries the gaps waited for, as shares of the retry waits. The waits themselves are not told apart, so the
    /// numbers of failed attempts are taken: those that the workers could not make were waited for as well.
    var retryShare: (inference: Double, target: Double, harness: Double) {
        let (decisions, routes) = (hold.decisionFailures, hold.routeFailures)
        let inference = Double(decisions.filter { $0.party == .inference }.attempts)
        let target = Double(routes.filter(\.isOutage).attempts)
        let harness =
            Double(decisions.filter { $0.party == .harness }.attempts)
            + Double(routes.filter { $0.party == .harness }.attempts)
        let all = max(1, inference + target + harness)
        return (inference / all, target / all, harness / all)
    }
}

extension RouteFailure {
    /// The target did not do what it was asked for: 5xx, 429 or no answer. Another 4xx is as often the model's mistake.
    var isOutage: Bool {
        party == .target && (status.hasPrefix("5") || status == "429" || !status.hasPrefix("4"))
    }
}
