import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

/// What a run shows while it goes on: one line that is rewritten on a terminal, or a line now and then elsewhere.
struct ProgressDisplay: Sendable, Equatable {
    /// Seconds between two lines where no terminal is.
    static let plainPeriodSeconds: Int64 = 10

    private let isTerminal: Bool
    /// What the model's tokens cost; nil where nothing is said of cost.
    private let price: Scenario.TokenPrice?
    /// What the run may cost; nil for no limit.
    private let budget: Double?
    private var last: Moment?
    private var lastSecond: Int64 = 0
    private var hasOpenLine = false

    /// What makes a plain line due at once when it changes.
    private struct Moment: Sendable, Equatable {
        var phase: Progress.Phase
        var stage: Int?
        var connectedWorkers: Int

        init(_ progress: Progress) {
            phase = progress.phase
            stage = progress.stage
            connectedWorkers = progress.connectedWorkers
        }
    }

    init(isTerminal: Bool, price: Scenario.TokenPrice? = nil, budget: Double? = nil) {
        self.isTerminal = isTerminal
        self.price = price
        self.budget = budget
    }

    /// The text to write for a moment of the run; empty where nothing is due.
    mutating func update(_ ledger: RunLedger, _ progress: Progress) -> TerminalText {
        // A run that ends before its first stage has nothing to wait for.
        if progress.phase == .finishing, progress.stage == nil { return "" }
        let line = line(ledger, progress)
        if isTerminal {
            hasOpenLine = true
            return "\r\u{1B}[2K\(line)"
        }
        let second = progress.now.micros / 1_000_000
        guard last != Moment(progress) || second - lastSecond >= Self.plainPeriodSeconds else { return "" }
        last = Moment(progress)
        lastSecond = second
        return "\(line)\n"
    }

    /// Leaves what is on the terminal standing, for what follows.
    mutating func end() -> TerminalText {
        defer { hasOpenLine = false }
        return hasOpenLine ? "\r\u{1B}[2K" : ""
    }

    /// The text that a whole line of its own needs around it.
    mutating func message(_ text: String) -> TerminalText {
        defer { hasOpenLine = false }
        return hasOpenLine ? "\r\u{1B}[2K\(text)\n" : "\(text)\n"
    }

    private func line(_ ledger: RunLedger, _ progress: Progress) -> String {
        let left = progress.phaseEnd.map { max(0, ($0 - progress.now + Micros(999_999)).wholeSeconds) }
        let time = left.map { " \($0)s" } ?? ""
        switch progress.phase {
        case .gathering:
            return "waiting for workers: \(progress.connectedWorkers) of \(progress.expectedWorkers)" + time
        case .preparing: return "preparing \(progress.connectedWorkers) workers"
        case .finishing: return "finishing: the last windows come in"
        case .drain: return "the hold is over: waiting for \(Self.answers(progress.waitingAgents))" + time
        case .ramp, .hold: break
        }
        guard let index = progress.stage, ledger.stages.indices.contains(index) else { return "starting" }
        let stage = ledger.stages[index]
        var parts = [
            "[\(index + 1)/\(ledger.stages.count)] \(stage.stage.name)", progress.phase.rawValue + time,
            "\(progress.activeAgents)/\(progress.targetAgents) agents",
        ]
        if let latest = Self.latestSecond(of: stage, now: progress.now) {
            parts.append("MTBA \(Self.seconds(latest.gap))")
            parts.append("TTFT \(Self.seconds(latest.ttft))")
            parts.append("\(latest.actions) actions/s")
        }
        let completed = stage.hold.completedSessions.addingClamped(stage.aside.completedSessions)
        if completed > 0 {
            let name = CounterName.sessionsSuccessfulStateful
            parts.append(
                "\(Int64(saturating: (Double(stage.hold[name]) + Double(stage.aside[name])) * 100 / Double(completed)))% of \(completed) sessions good"
            )
        }
        if let cost = cost(of: ledger) { parts.append(cost) }
        if progress.silentWorkers > 0 { parts.append("\(progress.silentWorkers) workers silent") }
        return parts.joined(separator: "  ")
    }

    /// What was spent so far; nil where that is not known.
    private func cost(of ledger: RunLedger) -> String? {
        guard let price, let tokens = ledger.tokens else { return nil }
        let mark = tokens.estimated > 0 ? "~" : ""
        return "cost \(mark)\(FigureText.cost(tokens.cost(at: price)))"
            + (budget.map { " of \(FigureText.cost($0))" } ?? "")
    }

    private static func answers(_ count: Int) -> String {
        count == 0 ? "the last answers" : count == 1 ? "1 answer" : "\(count) answers"
    }

    /// The newest second that every worker which reports has reported.
    private static func latestSecond(of stage: StageLedger, now: FleetTime) -> SecondTotals? {
        guard let first = stage.timeline?.seconds.lowerBound else { return nil }
        let place = min(Int(clamping: now.micros / 1_000_000 - first), stage.seconds.count)
        guard place > 0 else { return nil }
        let recent = stage.seconds[max(0, place - 4)..<place]
        let most = recent.map(\.workers).max() ?? 0
        return most > 0 ? recent.last { $0.workers == most } : nil
    }

    private static func seconds(_ total: SumAndCount) -> String {
        guard total.count > 0 else { return "-" }
        let hundredths = (Double(total.sumMicros) / Double(total.count) / 10_000).rounded()
        return "\(hundredths / 100)s"
    }
}
