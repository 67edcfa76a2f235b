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
            var request = try scenario.builder.build(draft, state: state, seeksCopies: false)
            request.purpose = .verification(check: found)
            request.expectStatus = goal.checks[found].check.status
            return .send(request)
        } catch {
            evaluator.fail(verification: found, error.message)
            return nil
        }
    }

    /// Takes what came of a verification.
    mutating func verified(check: Int, _ request: PlannedRequest, _ outcome: TargetOutcome) {
        switch outcome.result {
        case .success(let response):
            var answer = TargetAnswer(to: request, response)
            evaluator.take(verification: check, &answer, state: state)
        case .failure(let error):
            evaluator.fail(verification: check, error.message)
            if let failure = outcome.failure { note(failure, route: request.route) }
        }
    }

    /// What the checks say. A script without checks has proven itself by its steps; a failure of the target that was
    /// never made good is to blame before the way in which the session ran out.
    func outcome() -> SessionOutcome {
        var failure: SessionFailure?
        if !evaluator.allHold, !isProvenScript {
            let unproven = SessionFailure(
                reason: .checkFailed,
                message: evaluator.firstFailure ?? "the goal has no check, so that nothing proves it"
            )
            failure = ending ?? unproven
            if !(ending?.isFinal ?? false),
                let trouble = troubles.last(where: { !$0.failure.isRefusal }) ?? troubles.last
            {
                failure = trouble.failure
            }
        }
        return SessionOutcome(failure: failure, isStateful: isSessionStateful)
    }

    private var isProvenScript: Bool {
        if case .script = goal.mode, goal.checks.isEmpty, ending == nil { true } else { false }
    }

    /// Remembers a failure of the target.
    mutating func note(_ failure: SessionFailure, route: String) {
        troubles.removeAll { $0.route == route }
        if troubles.count < Self.maximumTroubles { troubles.append((route, failure)) }
    }

    /// Routes whose failures are remembered.
    private static let maximumTroubles = 16
}

extension SessionFailure {
    static let timeLimit = SessionFailure(reason: .timeLimit, message: "the session's time ran out")

    /// Whether it stands whatever else went wrong.
    fileprivate var isFinal: Bool {
        ![.stepLimit, .gaveUp, .checkFailed, .timeLimit].contains(reason)
    }

    /// A 4xx: as often the model's mistake as the target's.
    fileprivate var isRefusal: Bool { reason == .target4xx }
}
