import ApeCore
import ApeMetrics

/// What became of the sessions that were to arrive in a hold.
package struct ArrivalFigures: Sendable, Equatable {
    /// With a greater share of sessions that began late, or not at all, a stage proves nothing.
    static let lateShareLimit = 0.01

    package let asked: Arrivals
    /// Sessions a second that were asked for, in the mean of the seconds that were held.
    package let askedPerSecond: Double
    /// Sessions a second that began; nil for a stage that was not held.
    package let reachedPerSecond: Double?
    /// Sessions whose time came in the hold.
    package let due: Int64
    /// Sessions that began in it.
    package let started: Int64
    /// Of these the ones that began late.
    package let late: Int64
    /// From a session's arrival to its beginning.
    package let lateness: Histogram
    /// Agents that were at work on sessions, in the mean.
    package let busyAgents: Double

    /// The figures of a hold; nil for a stage whose agents work back to back.
    init?(_ stage: StageLedger) {
        guard let asked = stage.stage.arrivals else { return nil }
        self.asked = asked
        let seconds = stage.heldSeconds.count
        let planned = Double(stage.stage.holdMicros) / 1_000_000
        let held = planned > 0 ? min(1, Double(seconds) / planned) : 1
        askedPerSecond = asked.fromPerSecond + (asked.perSecond - asked.fromPerSecond) * held / 2
        due = stage.hold[.sessionsDue]
        started = stage.hold[.sessionsStarted]
        late = stage.hold[.sessionsLate]
        lateness = stage.hold[.lateness]
        reachedPerSecond = seconds > 0 ? Double(started) / Double(seconds) : nil
        let busy = AgentActivity.allCases.filter { $0 != .pause }.reduce(0.0) {
            $0 + Double(stage.hold.agentTime($1))
        }
        busyAgents = seconds > 0 ? busy / 1_000_000 / Double(seconds) : 0
    }

    /// Sessions that arrived in the hold, or waited when it began, and had not begun when it was over.
    package var waiting: Int64 { max(0, due.subtractingClamped(started)) }

    /// The share of sessions that began late, or not at all; nil where none was due.
    package var lateShare: Double? {
        let missed = late.addingClamped(waiting)
        let all = max(due, missed)
        return all > 0 ? Double(missed) / Double(all) : nil
    }

    /// Whether too many of them did.
    var isTooLate: Bool { lateShare.map { $0 > Self.lateShareLimit } ?? false }

    /// How long a session kept its agent in the mean, in seconds; nil where none began.
    var sessionSeconds: Double? {
        started > 0 ? busyAgents * Double(heldSeconds) / Double(started) : nil
    }

    private var heldSeconds: Double { reachedPerSecond.map { $0 > 0 ? Double(started) / $0 : 0 } ?? 0 }

    /// Whether so many agents carry the arrivals and their bursts, so that what was late is the workers' own doing.
    func areAgentsEnough(_ agents: Int) -> Bool {
        neededAgents.map { $0 + 3 * $0.squareRoot() + 1 <= Double(agents) } ?? false
    }

    /// The agents that are at work at once where the rate is greatest, by Little's law: rate x time.
    var neededAgents: Double? { sessionSeconds.map { asked.peakPerSecond * $0 } }
}

extension StageVerdict {
    /// That the agents do not carry the arrivals, in a sentence with the way out; nil where they do.
    static func notCarried(in stage: StageLedger, _ figures: ArrivalFigures?) -> String? {
        guard let figures, figures.isTooLate, let share = figures.lateShare else { return nil }
        let agents = stage.stage.agents.counting("agent")
        let verb = stage.stage.agents == 1 ? "does" : "do"
        let missed = figures.late.addingClamped(figures.waiting)
        return
            "\(agents) \(verb) not carry \(figures.asked.sentence): in stage \(stage.stage.name) \(missed) of "
            + "\(max(figures.due, missed)) sessions (\(FigureText.percent(share))) began more than "
            + "\(DurationText.text(micros: Arrival.lateMicros)) late or not at all. \(wayOut(of: stage, figures))"
    }

    private static func wayOut(of stage: StageLedger, _ figures: ArrivalFigures) -> String {
        guard let seconds = figures.sessionSeconds, let needed = figures.neededAgents else {
            return "Give more agents, or ask for fewer sessions."
        }
        // Arrivals come in bursts: three standard deviations of a Poisson number above its mean are enough for nearly all.
        let enough = Int(saturating: (needed + 3 * needed.squareRoot()).rounded(.up)) + 1
        let mean = Decimals.text(seconds, places: seconds < 10 ? 2 : 0)
        let law =
            "A session kept its agent for \(mean) s in the mean, so \(Decimals.text(needed, places: needed < 10 ? 1 : 0)) "
            + "are at work at once (rate x time)"
        if enough > stage.stage.agents {
            return "\(law), and bursts take more: give \(enough) agents, or ask for fewer sessions."
        }
        return
            "\(law), for which they are enough: workers were missing for a time, or were too busy themselves to begin "
            + "sessions when they arrived."
    }

    /// That so many agents waited for answers that never came that sessions could not begin, in a sentence; nil where that
    /// was not so. They need not have waited for as long as a stall takes when the hold was over.
    static func unanswered(in stage: StageLedger, _ figures: ArrivalFigures?) -> String? {
        guard let figures, figures.isTooLate else { return nil }
        let reasons: [FailureReason] = [.targetUnanswered, .inferenceUnanswered]
        let unanswered = reasons.reduce(Int64(0)) { $0.addingClamped(stage.hold[.sessionsFailed($1)]) }
        guard Double(unanswered) > (1 - StageLedger.heldShare) * Double(stage.stage.agents) else { return nil }
        let (name, agents) = (stage.stage.name, stage.stage.agents)
        return
            "Agents stalled: in stage \(name) \(unanswered) sessions of \(agents.counting("agent")) waited for an answer "
            + "that never came, while others arrived."
    }
}

extension Arrivals {
    /// As a sentence has it: `30 sessions a second`, or the rate where that is no whole number.
    fileprivate var sentence: String {
        guard isSteady, perSecond >= 1, perSecond == perSecond.rounded() else { return "sessions at \(text)" }
        return "\(Int64(saturating: perSecond).counting("session")) a second"
    }
}
