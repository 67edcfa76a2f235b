import ApeCore
import ApeMetrics
import ApeTransfer

/// Which of a goal's success checks hold so far. Answers are looked at as they come and need not be kept.
struct SuccessCheckEvaluator: Sendable {
    private let checks: [PreparedCheck]
    private var held: [Bool]
    /// Why the last answer that each check looked at did not pass.
    private var failures: [Int: String] = [:]

    init(_ checks: [PreparedCheck]) {
        self.checks = checks
        held = Array(repeating: false, count: checks.count)
    }

    /// Takes an answer that the agent was given.
    ///
    /// - Returns: what a check misses in an answer of 2xx; nil where none does.
    mutating func take(_ answer: inout TargetAnswer, state: SessionState) -> String? {
        var wrong: String?
        for (index, check) in checks.enumerated() where !held[index] && check.concerns(answer) {
            wrong = settle(index, check.failure(of: &answer, state: state), answer) ?? wrong
        }
        return wrong
    }

    /// The status that a check waits for in the answer to a request for a path of a target; nil for any.
    func expectedStatus(_ method: String, _ target: Int, _ path: String) -> StatusPattern? {
        checks.indices.lazy.filter { !held[$0] && checks[$0].concerns(method, target, path) }
            .compactMap { checks[$0].check.status }.first
    }

    /// Whether a check that does not hold yet will look into the answer's body as JSON.
    func needsJSON(of answer: TargetAnswer) -> Bool {
        checks.indices.contains { !held[$0] && checks[$0].needsJSON(of: answer) }
    }

    /// Takes the answer to a verification.
    ///
    /// - Returns: what the check misses in an answer of 2xx; nil where it misses nothing.
    mutating func take(verification index: Int, _ answer: inout TargetAnswer, state: SessionState) -> String? {
        settle(index, checks[index].failure(of: &answer, state: state), answer)
    }

    /// Notes that a verification has no answer.
    mutating func fail(verification index: Int, _ reason: String) {
        failures[index] = reason
    }

    private mutating func settle(_ index: Int, _ failure: String?, _ answer: TargetAnswer) -> String? {
        held[index] = failure == nil
        failures[index] = failure
        guard let failure, (200..<300).contains(answer.response.status) else { return nil }
        return "the check \"\(checks[index].check.name)\" does not hold: \(failure)"
    }

    /// Whether every check on the agent's answers holds.
    var answersHold: Bool {
        checks.indices.allSatisfy { held[$0] || checks[$0].check.subject == .verification }
    }

    /// Whether nothing is left to prove: there are checks, and all hold.
    var allHold: Bool { !checks.isEmpty && held.allSatisfy { $0 } }

    /// The next verification at or after a check's number.
    func verification(from index: Int) -> (index: Int, check: PreparedCheck)? {
        checks.indices.first { $0 >= index && checks[$0].check.subject == .verification }.map { ($0, checks[$0]) }
    }

    /// The first check that does not hold.
    var failedCheck: SessionTrace.FailedCheck? {
        guard let index = held.firstIndex(of: false) else { return nil }
        return SessionTrace.FailedCheck(
            name: checks[index].check.name,
            reason: failures[index] ?? "no answer of the session was one that it looks at"
        )
    }

    /// The first check that does not hold, in words.
    var firstFailure: String? {
        failedCheck.map { "the check \"\($0.name)\" does not hold: \($0.reason)" }
    }
}
