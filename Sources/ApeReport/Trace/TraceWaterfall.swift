import ApeCore
import ApeMetrics
import ApeRun

/// A kept session as rows over one time axis, for whatever draws it.
package struct TraceWaterfall: Sendable, Equatable {
    /// The least share of a session that a time between two steps is shown for.
    private static let leastWait = 0.01

    struct Row: Sendable, Equatable {
        enum Kind: Sendable, Equatable {
            case decision, action
            /// The harness's own request.
            case verification
            /// Nothing was asked: pacing, or the harness's own time.
            case wait
            /// Steps that were not kept.
            case leftOut
        }

        var kind: Kind
        var label: String
        /// From the session's start.
        var offsetMicros: Int64
        var durationMicros: Int64
        /// From the row's start; nil where no token came, or none was waited for.
        var firstTokenMicros: Int64?
        /// What came of it: a status, an error, with the attempts where there were several.
        var answer = ""
        var isFault = false
        /// Tokens in and out of the model.
        var tokens: String?
    }

    let exemplar: ExemplarSession
    /// The worker's name.
    let worker: String
    let rows: [Row]
    /// What the axis spans.
    let lengthMicros: Int64

    package init(_ exemplar: ExemplarSession, worker: String) {
        self.exemplar = exemplar
        self.worker = worker
        let session = exemplar.session
        let ends = session.steps.map { $0.offsetMicros.addingClamped($0.durationMicros) }
        lengthMicros = max(1, session.durationMicros, ends.max() ?? 0)
        let least = Int64(Double(lengthMicros) * Self.leastWait)
        var rows: [Row] = []
        var reached: Int64 = 0
        for (place, step) in session.steps.enumerated() {
            let isCut = session.stepsLeftOut > 0 && place == SessionTrace.maximumSteps / 2
            let gap = step.offsetMicros.subtractingClamped(reached)
            if isCut {
                let label = "\(session.stepsLeftOut) steps left out"
                rows.append(Row(kind: .leftOut, label: label, offsetMicros: reached, durationMicros: max(0, gap)))
            } else if gap > least {
                rows.append(Row(kind: .wait, label: "wait", offsetMicros: reached, durationMicros: gap))
            }
            rows.append(Row(step))
            reached = max(reached, step.offsetMicros.addingClamped(step.durationMicros))
        }
        self.rows = rows
    }

    /// Such as `buy: failed (target_5xx) after 1.85 s`.
    var title: String {
        let end = exemplar.hasSucceeded ? "succeeded" : "failed (\(exemplar.reason))"
        return "\(exemplar.session.goal): \(end) after \(Figures.duration(exemplar.session.durationMicros))"
    }

    /// Where it ran and when.
    var origin: String {
        let agent = exemplar.agent.map { "agent \($0) on " } ?? ""
        let began = Timestamp.text(micros: exemplar.session.startMicros)
        return "trace \(exemplar.traceID ?? "none"), \(agent)\(worker), began \(began)"
    }

    /// The check that did not hold, in a sentence; nil where none is known.
    var check: String? {
        exemplar.session.failedCheck.map { "The check \($0.name) did not hold: \($0.reason)" }
    }

    /// A moment as a share of the axis.
    func share(_ micros: Int64) -> Double {
        min(1, max(0, Double(micros) / Double(lengthMicros)))
    }
}

extension TraceWaterfall.Row {
    fileprivate init(_ step: SessionTrace.Step) {
        let isOwn = step.what.hasPrefix(SessionTrace.Step.verification)
        kind = step.what == SessionTrace.Step.decision ? .decision : isOwn ? .verification : .action
        label = step.what
        offsetMicros = step.offsetMicros
        durationMicros = step.durationMicros
        firstTokenMicros = step.decision?.firstTokenMicros
        isFault = step.error != nil || (step.status ?? 0) >= 400
        answer = step.error ?? step.status.map(String.init) ?? "ok"
        if step.attempts > 1 { answer += " ×\(step.attempts)" }
        guard let decision = step.decision, decision.tokensIn > 0 || decision.tokensOut > 0 else { return }
        let about = decision.isEstimate ? "~" : ""
        tokens = "\(about)\(decision.tokensIn)→\(decision.tokensOut)"
        if decision.tokensCached > 0 { tokens? += " (\(decision.tokensCached) cached)" }
    }
}
