import ApeCore
import ApeInference
import ApeMetrics
import ApeTransfer

extension SessionMachine {
    /// The next verification's request; nil once the outcome stands.
    mutating func nextVerification(from index: Int) -> Step? {
        guard evaluator.answersHold, let (found, _) = evaluator.verification(from: index),
            let draft = goal.verifications[found]
        else {
            phase = .ended(outcome())
            return nil
        }
        phase = .verifying(from: found + 1)
        do throws(ApeError) {
            return .send(
                try scenario.builder.build(
                    draft,
                    state: state,
                    seeksCopies: false,
                    purpose: .verification(check: found)
                ) { _, _ in goal.checks[found].check.status }
            )
        } catch {
            evaluator.fail(verification: found, error.message)
            return nil
        }
    }

    /// Takes what came of a verification.
    mutating func verified(check: Int, _ request: PlannedRequest, _ outcome: TargetOutcome) {
        let failure = outcome.failure(of: request)
        switch outcome.result {
        case .success(let response):
            var answer = TargetAnswer(to: request, response)
            let wrong = evaluator.take(verification: check, &answer, state: state)
            // Where the model has done nothing the target has nothing to show.
            guard hasActed || conversation == nil || response.status >= 500 else { return }
            let refuted = wrong.map { SessionFailure.wrongAnswer($0, status: response.status, route: request.route) }
            if let failure = failure ?? refuted { note(failure, route: request.route) }
        case .failure(let error):
            evaluator.fail(verification: check, error.message)
            if let failure { note(failure, route: request.route) }
        }
    }

    /// What the checks say. A script without checks has proven itself by its steps; a failure of the target, or of the
    /// harness, that was never made good is to blame before the way in which the session ran out, and what came first before what followed
    /// from it.
    func outcome() -> SessionOutcome {
        guard !evaluator.allHold, !isProvenScript else {
            return SessionOutcome(failure: nil, isStateful: isSessionStateful)
        }
        let unproven = SessionFailure(
            reason: .checkFailed,
            message: evaluator.firstFailure ?? "the goal has no check, so that nothing proves it"
        )
        var failure = ending ?? unproven
        if !failure.isFinal {
            let ofModel = failure.isOfLimit ? nil : troubles.last?.failure
            failure = troubleOfOthers ?? ofModel ?? failure
        }
        if let cookieTrouble { failure.message += "; " + cookieTrouble }
        return SessionOutcome(failure: failure, isStateful: isSessionStateful)
    }

    /// What failed first, by no fault of the model's, and was never made good.
    var troubleOfOthers: SessionFailure? {
        troubles.first { $0.failure.reason.party != .simulation }?.failure
    }

    /// The session's time is over.
    mutating func endByTime() {
        ending = SessionFailure(reason: .timeLimit(spent.party), message: "the session's time ran out")
        phase = .ended(outcome())
    }

    /// What a session fails of whose steps are used up.
    var outOfSteps: SessionFailure {
        guard conversation != nil, repeated.areLoop else {
            return SessionFailure(reason: .stepLimit, message: "\(steps) steps did not reach the goal")
        }
        let (route, path, count) = repeated.most
        let message =
            "the model walks in circles: it asked for \(path) \(count) times in \(steps) steps, in the same words"
        return SessionFailure(reason: .loop, message: message, route: route)
    }

    private var isProvenScript: Bool {
        if case .script = goal.mode, goal.checks.isEmpty, ending == nil { true } else { false }
    }

    /// Remembers a failure of the target, at the place where its route first failed.
    mutating func note(_ failure: SessionFailure, route: String) {
        if let place = troubles.firstIndex(where: { $0.route == route }) {
            troubles[place].failure = failure
        } else if troubles.count < Self.maximumTroubles {
            troubles.append((route, failure))
        }
    }

    /// Routes whose failures are remembered.
    private static let maximumTroubles = 16
}

extension SessionFailure {
    /// An answer of 2xx that a check is not content with.
    static func wrongAnswer(_ reason: String, status: Int, route: String) -> SessionFailure {
        SessionFailure(
            reason: .wrongAnswer,
            message: "\(route) was answered \(status), but \(reason)",
            status: status,
            route: route
        )
    }

    /// Whether it stands whatever else went wrong.
    fileprivate var isFinal: Bool {
        ![.gaveUp, .checkFailed].contains(reason) && !isOfLimit && reason.party != .target
    }

    /// Whether the session ran out of steps or time.
    fileprivate var isOfLimit: Bool { [.stepLimit, .loop].contains(reason) || reason.isTimeLimit }
}
