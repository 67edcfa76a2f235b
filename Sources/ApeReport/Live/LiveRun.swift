import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

/// What a run looks like at one moment: all that a person who watches it is shown.
///
/// It is made of the report's tables and of what the fleet's machine says, and crosses to other programs as ``json``.
/// Its lists and texts are bounded, whoever made them. Durations are in seconds. What was not measured is nil.
package struct LiveRun: Sendable, Equatable {
    /// The run's identity.
    package var run: String
    package var scenario: String
    package var isDemo: Bool
    /// When the run was made, and the moment that this is of: as ``Timestamp`` writes them.
    package var startTime: String
    package var time: String
    package var elapsedSeconds: Int64
    /// nil before the first heartbeat.
    package var phase: Progress.Phase?
    package var isPaused = false
    package var plan = PlanPart()
    package var left = TimeLeft()
    package var agents = Agents()
    package var fleet = Fleet()
    /// The ones that need a look first.
    package var workers: [Worker] = []
    /// Workers that are not among ``workers``.
    package var furtherWorkers = 0
    package var mtba = Latency()
    /// nil where no goal asks a model.
    package var ttft: Latency?
    /// The targets that the run exercises, by what was measured so far.
    package var targets: [Condition] = []
    package var thresholds: [Condition] = []
    package var sessions = Sessions()
    /// In the newest second that every worker has told of.
    package var actionsPerSecond: Int64?
    /// The same of decisions; nil too where no goal asks a model.
    package var decisionsPerSecond: Int64?
    /// For how long nothing has come back to agents that are at work.
    package var silentSeconds: Int64 = 0
    /// nil where nobody told of any.
    package var tokens: Tokens?
    /// What was spent, in the price's currency; nil where that is not known.
    package var cost: Double?
    /// What may be spent; nil for no limit.
    package var budget: Double?
    /// The sessions that arrive in the stage; nil where agents work back to back.
    package var arrivals: ArrivalPart?
    /// The tries of a search, in the order in which they were made.
    package var tries: [Try] = []
    /// What happened to the fleet; the newest last.
    package var events: [Event] = []

    package init(
        run: String,
        scenario: String,
        isDemo: Bool,
        startTime: String,
        time: String,
        elapsedSeconds: Int64,
        phase: Progress.Phase?
    ) {
        self.run = run
        self.scenario = scenario
        self.isDemo = isDemo
        self.startTime = startTime
        self.time = time
        self.elapsedSeconds = elapsedSeconds
        self.phase = phase
    }

    /// The stage that goes on; nil before the first.
    package var currentStage: StageMark? {
        plan.current.flatMap { current in
            let place = current - plan.first
            return plan.stages.indices.contains(place) ? plan.stages[place] : nil
        }
    }
}

extension LiveRun {
    static let maximumStages = 64
    static let maximumWorkers = 100
    static let maximumTries = 60
    package static let maximumEvents = 8
    /// Seconds of which means are kept, for a line of them.
    static let recentSeconds = 120
    /// Bytes of a name.
    static let nameBytes = 100
    /// Bytes of a sentence.
    static let sentenceBytes = 500

    /// The plan's stages.
    package struct PlanPart: Sendable, Equatable {
        /// Those around the current one.
        package var stages: [StageMark] = []
        /// The place of the first of ``stages`` in the plan.
        package var first = 0
        /// How many the plan has.
        package var count = 0
        /// The current one's place in the plan; nil before the first.
        package var current: Int?
        /// Whether the stages are tries of a search.
        package var isSearch = false
        /// How much of the plan's time is over, 0 to 1; nil where the plan has no end.
        package var share: Double?
    }

    /// A stage of the plan.
    package struct StageMark: Sendable, Equatable {
        package var name: String
        package var agents: Int
        /// From its start to its end; nil for one that lasts until somebody ends it.
        package var seconds: Int64?
        /// How it was held; nil until it is over.
        package var status: Verdict.Status?
    }

    /// Whole seconds that are left, rounded up; nil where that is not known.
    package struct TimeLeft: Sendable, Equatable {
        package var phase: Int64?
        package var stage: Int64?
        package var run: Int64?
    }

    /// Agents of the fleet.
    package struct Agents: Sendable, Equatable {
        package var target = 0
        package var assigned = 0
        package var active = 0
        /// Those that have waited for one answer for too long; nil before any worker has told.
        package var stalled: Int?
        /// Those that owe an answer to a hold that is over.
        package var waiting = 0
    }

    /// Workers of the fleet.
    package struct Fleet: Sendable, Equatable {
        package var expected = 0
        package var connected = 0
        package var silent = 0
        package var lost = 0
    }

    /// A worker as it was in its latest window.
    package struct Worker: Sendable, Equatable {
        package var name: String
        package var link: WorkerStanding
        package var assigned: Int?
        package var active: Int?
        /// Of its host.
        package var cpuPercent: Double?
        /// Of its event loops, at the 99th percentile.
        package var lagSeconds: Double?
    }

    /// A mean wait, and what it is judged by.
    package struct Latency: Sendable, Equatable {
        /// The mean of the newest second that every worker has told of.
        package var now: Double?
        /// The mean of the latest hold, without its warm-up.
        package var mean: Double?
        /// The 95th percentile of the latest hold.
        package var p95: Double?
        /// The mean must be below it.
        package var target: Double?
        /// The mean of each of the latest seconds; nil for one in which none was measured.
        package var recent: [Double?] = []

        /// How the mean stands; nil where there is none.
        package var status: Verdict.Status? {
            guard let mean, let target else { return nil }
            return mean < target ? .pass : .fail
        }
    }

    /// Something that the run is judged by, as it stands by what was measured so far.
    package struct Condition: Sendable, Equatable {
        /// A target's key, or a threshold as the user wrote it.
        package var name: String
        /// What is measured, for people.
        package var title: String
        /// With its unit; nil where nothing was measured.
        package var measured: String?
        /// With the comparison and its unit.
        package var limit: String
        /// nil where nothing was measured.
        package var status: Verdict.Status?
    }

    /// The sessions that have ended in holds.
    package struct Sessions: Sendable, Equatable {
        package var completed: Int64 = 0
        /// The successful stateful ones, or successful ones where none can be stateful.
        package var good: Int64 = 0
        /// What is judged of them, with the seconds weighing alike; nil where nothing is known.
        package var goodPercent: Double?
        /// The party that failed the most first.
        package var failed: [PartyCount] = []
    }

    /// The sessions that failed through a party's fault.
    package struct PartyCount: Sendable, Equatable {
        package var party: Party
        package var count: Int64
        /// Of the completed sessions; nil where none completed.
        package var percent: Double?
    }

    /// The model's tokens in the whole run.
    package struct Tokens: Sendable, Equatable {
        package var input: Int64
        package var output: Int64
        /// Whether some of them are an estimate.
        package var isEstimated: Bool
    }

    /// What became of sessions that were to arrive.
    package struct ArrivalPart: Sendable, Equatable {
        package var askedPerSecond: Double
        package var reachedPerSecond: Double?
        package var latePercent: Double?
        /// At the 99th percentile.
        package var latenessSeconds: Double?
    }

    /// A try of a search.
    package struct Try: Sendable, Equatable {
        /// With its unit, such as `160 agents`.
        package var level: String
        package var status: Verdict.Status
        /// What it turned on; `-` for nothing.
        package var bound: String
        package var value: String
        package var limit: String
    }

    /// Something that happened to the fleet.
    package struct Event: Sendable, Equatable {
        /// As ``Timestamp`` writes it.
        package var time: String
        package var level: Level
        package var message: String
    }
}
