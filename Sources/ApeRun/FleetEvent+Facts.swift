import ApeCore
import ApeFleet
import ApeMetrics

extension FleetEvent {
    /// Workers that one sentence names.
    private static let namedWorkers = 5

    /// A fact in words for reports and terminals; nil for what only the machine needs.
    init?(_ fact: FleetFact, nameOf name: (_ worker: String) -> String) {
        switch fact.kind {
        case .joined(let worker, _, _, let peer, _):
            self.init(fact, .info, "worker_joined", "\(name(worker)) joined from \(peer)", worker)
        case .turnedAway(let peer, let code, let message):
            self.init(fact, .warning, "turned_away", "\(peer) was turned away (\(code)): \(message)", nil)
        case .disconnected(let worker, let reason):
            let words = "the connection to \(name(worker)) ended: \(reason)"
            self.init(fact, .warning, "worker_disconnected", words, worker)
        case .returned(let worker, let after):
            self.init(fact, .info, "worker_returned", "\(name(worker)) came back after \(seconds(after))", worker)
        case .lost(let worker, let silent):
            let words = "\(name(worker)) was given up after \(seconds(silent)) of silence"
            self.init(fact, .error, "worker_lost", words, worker)
        case .leaving(let worker, let reason):
            self.init(fact, .info, "worker_leaving", "\(name(worker)) leaves: \(reason)", worker)
        case .stopped(let worker, _, _):
            self.init(fact, .info, "worker_stopped", "\(name(worker)) has stopped", worker)
        case .refused(let worker, let code, let message):
            self.init(fact, .error, "worker_refused", "\(name(worker)) refused the run (\(code)): \(message)", worker)
        case .moved(let move):
            let still = "they stood still for at most \(seconds(move.stoodStill))"
            let to = move.to.map { (name($0.key), $0.value) }.sorted { $0 < $1 }
            let shares = to.prefix(Self.namedWorkers).map { "\($0.0) (\($0.1))" }.joined(separator: ", ")
            let rest = to.count > Self.namedWorkers ? " and \(to.count - Self.namedWorkers) more workers" : ""
            let words =
                to.isEmpty
                ? "\(move.agents) agents of \(name(move.from)) (\(move.reason.rawValue)) found no other worker; \(still)"
                : "\(move.agents) agents moved from \(name(move.from)) (\(move.reason.rawValue)) to \(shares)\(rest); \(still)"
            self.init(fact, .warning, "agents_moved", words, move.from)
        case .windowsDropped(let worker, let first, let last):
            let words = "\(name(worker)) could not keep its windows \(first) to \(last)"
            self.init(fact, .error, "windows_dropped", words, worker)
        case .windowsRefused(let worker, let first, let last, let reason):
            let words = "\(Self.windows(first, last)) of \(name(worker)) could not be read: \(reason)"
            self.init(fact, .error, "windows_refused", words, worker)
        case .overBudget(let worker, let what, let count):
            self.init(fact, .warning, "over_budget", Self.words(name(worker), what, count), worker)
        case .storeStalled(let length): self.init(fact, .warning, "store_stalled", Self.stallWords(length), nil)
        // It is kept for its steps.
        case .event(_, let event) where event.code == WorkerEvent.sessionSucceeded: return nil
        case .event(let worker, let event):
            self.init(
                at: fact.at,
                level: event.level == .debug ? .info : event.level,
                code: event.code,
                message: event.message,
                worker: worker,
                agent: event.agent,
                traceID: event.traceID
            )
        case .appended(let stage): self.init(fact, .info, "scaled", "the fleet goes to \(stage.agents) agents", nil)
        case .resumed(let outage):
            let words = "a coordinator took up the run after \(seconds(outage))"
            self.init(fact, .warning, "coordinator_resumed", words, nil)
        case .slept(let length): self.init(fact, .warning, "coordinator_slept", Self.words(afterSleep: length), nil)
        case .paused: self.init(fact, .warning, "run_paused", Self.pauseWords, nil)
        case .continued(let length): self.init(fact, .warning, "run_continued", Self.words(afterPause: length), nil)
        case .suspended: self.init(fact, .warning, "run_suspended", Self.suspensionWords, nil)
        case .ending(RunOutcome.budgetSpent.code, _):
            self.init(fact, .warning, "budget_spent", "inference.budget is spent: the run ends", nil)
        case .ending(RunOutcome.abortedName, let threshold):
            self.init(fact, .warning, "threshold_failed", "the threshold \(threshold) failed: the run ends", nil)
        case .rowsUsedUp(let set, let rows):
            let words = "data \(set): all \(rows) rows are handed out, and no further session begins with them"
            self.init(fact, .warning, "rows_used_up", words, nil)
        case .tried, .rowsLeased, .stage, .granted, .duplicates, .ending, .ended: return nil
        }
    }

    private static func words(afterPause length: Micros) -> String {
        "the run goes on, after \(seconds(length)) of pause"
    }

    private static func words(afterSleep length: Micros) -> String {
        "the coordinator did not run for \(seconds(length)): it was stopped, or its host was suspended"
    }

    private static let suspensionWords =
        "the coordinator was told to end: the run is suspended until another takes it up"

    private static let pauseWords = "the run is paused: its agents finish what they are at"

    private static func windows(_ first: Int64, _ last: Int64) -> String {
        first == last ? "window \(first)" : "windows \(first) to \(last)"
    }

    private static func stallWords(_ length: Micros) -> String {
        "the run's database took nothing for \(seconds(length)): what came in waited for it"
    }

    private static func words(_ name: String, _ what: Excess, _ count: Int64) -> String {
        let result =
            switch what {
            case .windows: "\(count) windows were not taken at once"
            case .events: "\(count) events were dropped"
            case .messages: "its connection was closed \(count) times for its messages"
            case .connections: "\(count) connections were refused"
            }
        return "\(name) sent more than is taken from one worker: \(result)"
    }

    private init(_ fact: FleetFact, _ level: Level, _ code: String, _ message: String, _ worker: String?) {
        self.init(at: fact.at, level: level, code: code, message: message, worker: worker)
    }
}

private func seconds(_ length: Micros) -> String {
    "\((Double(length.micros) / 100_000).rounded() / 10) s"
}
