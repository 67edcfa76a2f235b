import ApeCore
import ApeMetrics
import ApeRun

/// What every format says of how a run ended.
extension RunReport {
    /// One word or two on how the run ended.
    var headline: String {
        switch verdict.outcome {
        case .finished, .budgetSpent, .aborted: verdict.status.rawValue
        case .running: "RUNNING"
        case .interrupted: "INTERRUPTED"
        case .suspended: "SUSPENDED"
        case .fleetFailed: "FLEET FAILED"
        }
    }

    /// What the headline is painted as.
    var headlineStatus: Verdict.Status {
        switch verdict.outcome {
        case .finished, .budgetSpent, .aborted: verdict.status
        case .running: .notExercised
        case .interrupted, .suspended: .inconclusive
        case .fleetFailed: .fail
        }
    }

    /// Why the run ended before its plan's end, in a sentence; nil for one that went to its end, was interrupted, or goes on.
    var outcomeReason: String? {
        switch verdict.outcome {
        case .running, .finished, .interrupted, .suspended: nil
        case .budgetSpent: budgetSentence
        case .aborted: abortSentence
        case .fleetFailed(let failure): failure.reason
        }
    }

    /// The exit code and what a CI job makes of it.
    var exitSentence: String {
        if verdict.outcome == .running { return "The run goes on: each verdict is what it would be if it ended now." }
        let code = exitCode
        let meaning =
            switch code {
            case _ where verdict.capacity != nil && code == verdict.exitCode && verdict.outcome == .finished:
                capacityMeaning
            case .passed: "every critical target that the run exercised passed, and every stage was held."
            case .failed:
                verdict.exitCode != .failed
                    ? "a critical target got worse than its base."
                    : !verdict.criticalFailures.isEmpty || !verdict.failedThresholds.isEmpty
                        ? Self.failedWords(verdict)
                        : verdict.failedStages.contains { !$0.isOutOfRows }
                            ? "agents stalled in a stage." : "agents ran out of rows of data in a stage."
            case .usage: "nothing ran."
            case .inconclusive: "no critical target failed, but the measurement does not carry a verdict."
            case .fleet: "the fleet could not go on."
            case .interrupted: "the run was interrupted; this is what was measured until then."
            case .suspended: "the run is suspended, and goes on with --resume; this is what was measured until then."
            }
        return "Exit code \(code.rawValue): \(meaning)"
    }

    private var capacityMeaning: String {
        switch verdict.status {
        case .pass: "the search has an answer; the targets are those of the try that confirmed it."
        case .fail: "not even the least number of users passes."
        case .inconclusive, .notExercised: "the search has no answer."
        }
    }

    /// That critical targets failed, or conditions of the user's own, or both.
    private static func failedWords(_ verdict: RunVerdict) -> String {
        let targets = verdict.criticalFailures.isEmpty ? [] : ["a critical target failed"]
        let failed = verdict.failedThresholds.count
        return (targets + (failed > 0 ? ["\(failed.counting("threshold")) failed"] : [])).joined(separator: ", ") + "."
    }

    /// Such as `8 targets: 6 passed, 1 failed, 1 not exercised; 10 thresholds: 7 passed, 3 failed`.
    var counts: String {
        let counts = Verdict.Status.allCases.compactMap(count)
        let targets = "\(tables.targets.count) targets: " + counts.joined(separator: ", ")
        return [targets, thresholdCounts].compactMap(\.self).joined(separator: "; ")
    }

    /// Such as `10 thresholds: 7 passed, 3 failed`; nil for none.
    var thresholdCounts: String? {
        guard !verdict.thresholds.isEmpty else { return nil }
        let counts = Verdict.Status.allCases.compactMap { status -> String? in
            let number = verdict.thresholds.count { $0.status == status }
            return number > 0 ? "\(number) \(status.words)" : nil
        }
        return "\(verdict.thresholds.count.counting("threshold")): " + counts.joined(separator: ", ")
    }

    /// The threshold that ended the run, and what was therefore not run.
    var abortSentence: String {
        guard case .aborted(let threshold) = verdict.outcome else { return "" }
        return "The threshold \(threshold) failed, so the run ended\(unrunWords)"
    }

    /// How many targets have a status, such as `6 passed`; nil for none.
    func count(_ status: Verdict.Status) -> String? {
        let number = verdict.count(status)
        return number > 0 ? "\(number) \(status.words)" : nil
    }

    /// When it began and how long it took.
    var when: String {
        let start = Timestamp.text(micros: run.startMicros).prefix(19).replacing("T", with: " ")
        return "\(start) UTC, \(DurationText.text(micros: (durationMicros + 500_000) / 1_000_000 * 1_000_000))"
    }
}

extension Verdict.Status {
    /// What became of a target, after a number.
    fileprivate var words: String {
        switch self {
        case .pass: "passed"
        case .fail: "failed"
        case .inconclusive: "inconclusive"
        case .notExercised: "not exercised"
        }
    }
}
