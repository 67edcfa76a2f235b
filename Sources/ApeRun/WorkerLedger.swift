import ApeCore
import ApeFleet
import ApeMetrics

/// Everything that is kept of one worker.
package struct WorkerLedger: Sendable, Equatable {
    package var facts: WorkerFacts
    /// What it did, by stage index.
    package internal(set) var stages: [Int: WorkerStage] = [:]
    /// What it did in attempts at stages that were started over.
    private(set) var earlier = Counts()

    struct Counts: Sendable, Equatable {
        var actions: Int64 = 0
        var completedSessions: Int64 = 0
    }
    /// The number of its latest window; 0 before its first.
    private(set) var lastSeq: Int64 = 0
    /// How it was last; nil before its first window.
    package private(set) var latest: WorkerMoment?
    /// The revision that was in force when that window began.
    private(set) var latestRevision = 0

    /// Takes note of how the worker was, unless a later second is known.
    mutating func see(_ window: Window) {
        lastSeq = max(lastSeq, window.seq)
        guard !window.isLate, window.endMicros >= latest?.endMicros ?? .min else { return }
        latestRevision = window.revision
        latest = WorkerMoment(
            endMicros: window.endMicros,
            assigned: window.assigned,
            active: window.active,
            host: window.host
        )
    }

    /// A stage is measured anew: what it did in it until then counts for the run alone.
    mutating func startOver(stage: Int) {
        guard let former = stages.removeValue(forKey: stage) else { return }
        addEarlier(actions: former.actions, completedSessions: former.completedSessions)
    }

    /// Adds a window of an attempt that was started over meanwhile.
    mutating func addEarlier(_ window: Window) {
        let counts = WorkerStage.counts(in: window)
        addEarlier(actions: counts.actions, completedSessions: counts.completedSessions)
    }

    private mutating func addEarlier(actions: Int64, completedSessions: Int64) {
        earlier.actions = earlier.actions.addingClamped(actions)
        earlier.completedSessions = earlier.completedSessions.addingClamped(completedSessions)
    }

    /// The most agents that it was ever told to run.
    package var peakAssigned: Int { stages.values.map(\.peakAssigned).max() ?? 0 }
    package var actions: Int64 { stages.values.reduce(earlier.actions) { $0.addingClamped($1.actions) } }
    package var completedSessions: Int64 {
        stages.values.reduce(earlier.completedSessions) { $0.addingClamped($1.completedSessions) }
    }
}

/// What one worker did in one stage.
package struct WorkerStage: Sendable, Equatable {
    /// A window with more than 50 ms of loop lag at the 99th percentile is a lagging one.
    package static let lagLimitMicros: Int64 = 50_000
    /// In a second in which the worker's process used this much of its CPU it was at its limit.
    static let processCPULimitPercent = 95.0
    /// More than this share of the hold's windows at the limit, and the worker was the bottleneck.
    static let saturatedShareLimit = 0.1

    package private(set) var holdWindows = 0
    package private(set) var laggingWindows = 0
    package private(set) var cpuBoundWindows = 0
    package private(set) var cpu: HostGauge
    package private(set) var memory: HostGauge
    package private(set) var peakProcessMemoryBytes: Int64 = 0
    package private(set) var peakProcessCPUPercent = 0.0
    package private(set) var peakLoopLagMicros: Int64 = 0
    package private(set) var peakAssigned = 0
    /// All phases.
    package private(set) var actions: Int64 = 0
    /// All phases.
    package private(set) var completedSessions: Int64 = 0
    /// How late its event loops were in the mean over the hold, each second weighing as much as its agents.
    private(set) var lag = LoopLag()
    private var counted: SecondSet

    init(timeline: StageTimeline?) {
        counted = SecondSet(timeline?.seconds ?? 0..<0)
        cpu = HostGauge(over: timeline?.holdSeconds ?? 0..<0)
        memory = HostGauge(over: timeline?.holdSeconds ?? 0..<0)
    }

    var isCPUBound: Bool {
        Double(cpuBoundWindows) > Self.saturatedShareLimit * Double(holdWindows)
    }

    /// Adds a window.
    ///
    /// - Returns: the seconds of the stage that this worker reports for the first time.
    mutating func add(_ window: Window, judged: Bool) -> [Int64] {
        peakAssigned = max(peakAssigned, window.assigned)
        let counts = Self.counts(in: window)
        actions = actions.addingClamped(counts.actions)
        completedSessions = completedSessions.addingClamped(counts.completedSessions)
        guard !window.isLate else { return [] }
        let covered = WholeSeconds.covered(by: window).clamped(to: counted.range)
        let fresh = covered.filter { counted.insert($0) }
        if judged {
            addHost(window.host, second: covered.lowerBound)
            lag.add(window)
        }
        return fresh
    }

    /// What a window counted of what a worker is shown to have done.
    fileprivate static func counts(in window: Window) -> (actions: Int64, completedSessions: Int64) {
        var (actions, completedSessions): (Int64, Int64) = (0, 0)
        for (name, number) in window.counters where number > 0 {
            if name.isOf(.actions) {
                actions = actions.addingClamped(number)
            } else if name.isCompletedSessions {
                completedSessions = completedSessions.addingClamped(number)
            }
        }
        return (actions, completedSessions)
    }

    private mutating func addHost(_ host: HostSample, second: Int64) {
        holdWindows += 1
        if host.loopLagP99Micros > Self.lagLimitMicros { laggingWindows += 1 }
        if host.processCPUPercent >= Self.processCPULimitPercent { cpuBoundWindows += 1 }
        cpu.add(host.cpuPercent, second: second)
        memory.add(host.memoryPercent, second: second)
        peakProcessMemoryBytes = max(peakProcessMemoryBytes, host.processMemoryBytes)
        peakProcessCPUPercent = max(peakProcessCPUPercent, host.processCPUPercent)
        peakLoopLagMicros = max(peakLoopLagMicros, host.loopLagP99Micros)
    }
}
