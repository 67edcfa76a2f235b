import ApeCore

/// What a search does next, by the tries that it has made: a value, so that a coordinator that takes a search up goes on
/// as the one that died would have.
///
/// Levels double until one fails. Then the greatest that passed and the least that failed are brought together: the next
/// level is where the load of what failed, drawn as a line through both, reaches its limit, a little to the side so that
/// the try after it can be the last; where no line can be drawn, or two tries in a row moved the same end, it is the
/// middle. At last the greatest that passed is held once more; a level counts as passed only where no try of it failed.
///
/// A level with a limit of its own is minded: MTBA may be greater from 500 agents on, so that fewer may fail where 500
/// pass. Where only that fails under 500, 500 are tried too, and if they pass, what is under 500 counts no more.
struct CapacityHunt: Sendable {
    /// A search that needs more is one that does not settle.
    static let maximumTries = 60

    let search: CapacitySearch
    let tries: [CapacityTry]
    /// The level from which on MTBA is allowed to be greater, and by which factor; nil where there is none.
    var relief: (level: Double, factor: Double)?

    /// What comes next, or what the search came to.
    enum Step: Equatable, Sendable {
        case attempt(Double)
        case found(Double)
        /// Not even the least passes.
        case nothing
        case undecided(reason: String)
    }

    var step: Step {
        guard let last = tries.last else { return .attempt(search.from) }
        if last.status == .inconclusive {
            let before = tries.dropLast().last
            guard before?.status == .inconclusive, before?.level == last.level else { return limited(last.level) }
            return .undecided(reason: last.reason ?? "Two tries of one level were inconclusive.")
        }
        guard let failed = leastFailed else {
            guard let passed = greatestPassed, passed < search.to else { return confirmed(search.to) }
            return limited(min(search.to, max(passed * 2, passed + search.step(at: passed))))
        }
        if let relief, failed < relief.level, relief.level <= search.to, mayPass(at: relief, failed) {
            return limited(relief.level)
        }
        guard let passed = greatestPassed else { return .nothing }
        let width = failed - passed
        if width <= search.precision * passed || width <= 1.5 * search.step(at: passed) { return confirmed(passed) }
        return limited(probe(passed, failed))
    }

    private func limited(_ level: Double) -> Step {
        guard tries.count < Self.maximumTries else {
            return .undecided(reason: "\(tries.count) tries did not settle on an answer: tries of one level differ.")
        }
        return .attempt(level)
    }

    /// The level has passed; once more, and it is the answer.
    private func confirmed(_ level: Double) -> Step {
        tries.count { $0.level == level && $0.status == .pass } > 1 ? .found(level) : limited(level)
    }
}

extension CapacityHunt {
    /// Levels below count no more: from here on the limit is another, and a try passed by it.
    private var floor: Double {
        guard let relief else { return 0 }
        return tries.contains { $0.level >= relief.level && isPassed($0.level) } ? relief.level : 0
    }

    /// The least level of which a try failed.
    var leastFailed: Double? {
        let floor = floor
        return tries.filter { $0.status == .fail && $0.level >= floor }.map(\.level).min()
    }

    /// The greatest level of which tries passed and none failed, below what failed.
    var greatestPassed: Double? {
        let (floor, most) = (floor, leastFailed ?? .infinity)
        return tries.filter { $0.status == .pass && (floor..<most).contains($0.level) }.map(\.level).max()
    }

    private func isPassed(_ level: Double) -> Bool {
        let same = tries.filter { $0.level == level }
        return same.contains { $0.status == .pass } && !same.contains { $0.status == .fail }
    }

    /// Whether a level that failed by nothing but MTBA may pass where more is allowed, and that was not tried yet. MTBA only
    /// grows with the level, at least as a line does: one that is beyond what is allowed there already need not be tried.
    private func mayPass(at relief: (level: Double, factor: Double), _ failed: Double) -> Bool {
        guard !tries.contains(where: { $0.level == relief.level && $0.status != .inconclusive }) else { return false }
        let reasons = tries.filter { $0.level == failed && $0.status == .fail }.flatMap(\.conditions)
            .filter { $0.status == .fail }
        let loads = tries.filter { $0.level < relief.level }.flatMap(\.conditions).filter { $0.series == "gap" }
            .compactMap(\.load)
        guard !reasons.isEmpty, reasons.allSatisfy({ $0.series == "gap" && $0.load != nil }),
            loads.allSatisfy({ $0 < relief.factor })
        else { return false }
        guard let passed = greatestPassed, let line = line(passed, failed) else { return true }
        return line.low + (line.high - line.low) * (relief.level - passed) / (failed - passed) < relief.factor
    }

    /// The next level between one that passed and one that failed.
    private func probe(_ passed: Double, _ failed: Double) -> Double {
        let half = search.precision / 2
        var level = (passed + failed) / 2
        if !isLopsided, let crossing = crossing(passed, failed) {
            // A try half a precision beyond an end that is near enough is the last: either way it closes the bracket.
            let (low, high) = (passed * (1 + half), failed / (1 + half))
            level = crossing <= low ? low : crossing >= high ? high : crossing * (1 - 0.8 * half)
        }
        let step = search.step(at: passed)
        return min(max(search.rounded(level), search.rounded(passed + step)), search.rounded(failed - step))
    }

    /// Where the load of what failed reaches its limit, on the line through both levels.
    private func crossing(_ passed: Double, _ failed: Double) -> Double? {
        line(passed, failed).map { passed + (failed - passed) * (1 - $0.low) / ($0.high - $0.low) }
    }

    /// The load of what failed at both levels; nil where it was not measured, or says nothing of passing.
    private func line(_ passed: Double, _ failed: Double) -> (low: Double, high: Double)? {
        guard let bound = tries.last(where: { $0.level == failed && $0.status == .fail })?.bound,
            let high = bound.load, high >= 1,
            let low = tries.last(where: { $0.level == passed && $0.status == .pass })?.conditions
                .first(where: { $0.series == bound.series })?.load, low < 1
        else { return nil }
        return (low, high)
    }

    /// Whether the last two tries since the first failure moved the same end.
    private var isLopsided: Bool {
        guard let first = tries.firstIndex(where: { $0.status == .fail }) else { return false }
        let closing = tries[(first + 1)...].filter { $0.status != .inconclusive }.suffix(2)
        return closing.count == 2 && closing.first?.status == closing.last?.status
    }
}

extension CapacityHunt {
    /// The range that the answer may be in: from the greatest that passed to the least that failed, each as much further
    /// as a marginal value reaches. A load grows at least in proportion to the level where it nears its limit, so that a
    /// load which may be a tenth over its limit may have been over it from a tenth less on.
    ///
    /// - Returns: ends that are not known are nil.
    var range: (low: Double?, high: Double?) {
        let (passed, failed) = (greatestPassed, leastFailed)
        let low = passed.map { level in
            let clear =
                tries.filter { $0.status == .pass && !$0.isMarginal && $0.level <= level }.map(\.level).max() ?? 0
            let loads = tries.filter { $0.level == level && $0.status == .pass && $0.isMarginal }.compactMap {
                attempt in
                attempt.conditions.filter(\.isMarginal).compactMap(\.loadInterval?.high).max()
            }
            return max(clear, loads.max().map { level / max(1, $0) } ?? clear)
        }
        let high = failed.flatMap { level -> Double? in
            let clear = tries.filter { $0.status == .fail && !$0.isMarginal && $0.level >= level }.map(\.level).min()
            let loads = tries.filter { $0.level == level && $0.status == .fail }.compactMap { attempt in
                attempt.conditions.filter { $0.status == .fail }.compactMap(\.loadInterval?.low).max()
            }
            let reach = loads.min().flatMap { $0 > 0 ? level / min(1, $0) : nil }
            return [clear, reach].compactMap { $0 }.min()
        }
        return (low, high)
    }
}
