/// When an agent is stalled: a wait for one answer has lasted longer than ten times its stage's MTBA target.
package enum StallLimit {
    private static let factor = 10.0
    /// Targets beyond a day are no limit.
    private static let longestSeconds = 86_400.0

    /// The limit of a stage, in microseconds.
    ///
    /// - Parameters:
    ///   - agents: the stage's.
    ///   - targets: the scenario's own targets.
    /// - Returns: how long an answer may be waited for.
    package static func micros(agents: Int, targets: [KPIKey: Double]) -> Int64 {
        let key = KPIKey.mtbaHighLoad.concerns(agents: agents) ? KPIKey.mtbaHighLoad : .mtbaThreshold
        let target = KPITarget(key, override: targets[key]).value
        return Int64(1_000_000 * min(longestSeconds, max(0, factor * target)))
    }
}
