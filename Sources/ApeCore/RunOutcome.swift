/// How a run ended.
package enum RunOutcome: Sendable, Equatable {
    /// It has not ended: its account is of what came in so far. No store keeps this.
    case running
    /// The plan was walked to its end.
    case finished
    /// The user ended it.
    case interrupted
    /// Its coordinator was told to end, and another is to go on with it. No store keeps this as its end.
    case suspended
    /// What the run may cost was spent before its plan's end.
    case budgetSpent
    /// A threshold that ends the run failed; its text.
    case aborted(threshold: String)
    /// The fleet could not go on.
    case fleetFailed(FleetFailure)

    /// Its name in the list of runs and in reports.
    package var name: String {
        switch self {
        case .running: "running"
        case .finished: "finished"
        case .interrupted: "interrupted"
        case .suspended: "suspended"
        case .budgetSpent: "budget_spent"
        case .aborted: Self.abortedName
        case .fleetFailed: "fleet_failed"
        }
    }

    /// The name of ``aborted(threshold:)``.
    package static let abortedName = "aborted"

    /// Why the fleet could not go on; nil for a run that ended as asked.
    package var failure: FleetFailure? {
        if case .fleetFailed(let failure) = self { failure } else { nil }
    }
}

/// Why a fleet could not go on.
package struct FleetFailure: Sendable, Equatable {
    package enum Cause: String, Sendable, CaseIterable {
        /// Fewer workers came than the run waits for.
        case tooFewWorkers = "too_few_workers"
        /// A worker cannot or will not run the scenario.
        case refused
        /// No worker was left.
        case allLost = "all_lost"
        /// The store cannot be written.
        case storeFailed = "store_failed"
        /// The rows of a goal's data can no longer be read.
        case dataFailed = "data_failed"
    }

    /// nil where only the reason is known: the list of runs keeps no more.
    package var cause: Cause?
    /// What the user is told.
    package var error: ApeError

    package init(_ cause: Cause, _ error: ApeError) {
        self.cause = cause
        self.error = error
    }

    /// A failure of which the reason alone is known.
    package init(_ reason: String) {
        error = ApeError(.fleet, reason)
    }

    /// A sentence.
    package var reason: String { error.message }
}

extension RunOutcome {
    /// Its name in facts, which tell failures apart.
    package var code: String { failure?.cause?.rawValue ?? name }

    /// What a fact, or the list of runs, keeps of it beside its name: why the fleet could not go on, or the threshold.
    package var message: String? {
        if case .aborted(let threshold) = self { threshold } else { failure?.reason }
    }

    /// The outcome that a fact tells of.
    package init(code: String, message: String) {
        if let cause = FleetFailure.Cause(rawValue: code) {
            self = .fleetFailed(FleetFailure(cause, ApeError(.fleet, message)))
        } else if code == Self.abortedName {
            self = .aborted(threshold: message)
        } else {
            let others: [RunOutcome] = [.finished, .budgetSpent]
            self = others.first { $0.name == code } ?? .interrupted
        }
    }
}
