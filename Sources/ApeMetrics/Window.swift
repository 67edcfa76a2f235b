/// One second of one worker's measurements, aligned to a whole second of fleet time.
package struct Window: Sendable, Equatable {
    /// The run's identifier.
    package var run: String
    /// Counts a worker's windows in one run from 1, without gaps.
    package var seq: Int64
    /// The stage's index in the plan.
    package var stage: Int
    /// The revision of the assignment that was in force.
    package var revision: Int
    package var phase: Phase
    /// Fleet time.
    package var startMicros: Int64
    /// Fleet time.
    package var endMicros: Int64
    /// The most agents that the worker was told to run at any moment of the second.
    package var assigned: Int
    /// The least number of agents at work on sessions at any moment of the second, stalled ones left out.
    package var active: Int
    /// Agents that have waited for one answer for longer than ten times their stage's MTBA target.
    package var stalled: Int
    /// Agents that still wait for what they began in a hold that is over.
    package var waiting: Int
    /// Samples of waits that began in this second and ended in a later phase. The second itself has a window of its own.
    package var isLate: Bool
    package var counters: [CounterName: Int64]
    package var series: [SeriesName: Histogram]
    package var host: HostSample

    package enum Phase: String, Sendable, CaseIterable {
        /// Agents are starting, or the stage is warming up.
        case ramp
        /// What is judged.
        case hold
        /// After the stage: what was in flight comes in.
        case drain
    }

    package init(
        run: String,
        seq: Int64,
        stage: Int,
        revision: Int,
        phase: Phase,
        startMicros: Int64,
        endMicros: Int64,
        assigned: Int,
        active: Int,
        stalled: Int = 0,
        waiting: Int = 0,
        isLate: Bool = false,
        counters: [CounterName: Int64] = [:],
        series: [SeriesName: Histogram] = [:],
        host: HostSample = HostSample()
    ) {
        self.run = run
        self.seq = seq
        self.stage = stage
        self.revision = revision
        self.phase = phase
        self.startMicros = startMicros
        self.endMicros = endMicros
        self.assigned = assigned
        self.active = active
        self.stalled = stalled
        self.waiting = waiting
        self.isLate = isLate
        self.counters = counters
        self.series = series
        self.host = host
    }
}

/// A worker's host, or its cgroup where one limits it, and the worker's own process over one second.
package struct HostSample: Sendable, Equatable {
    /// CPU in use, of all that the host or cgroup has.
    package var cpuPercent: Double
    /// Memory in use, of all that the host or cgroup has.
    package var memoryPercent: Double
    /// CPU that the worker's process used, of all that it may use.
    package var processCPUPercent: Double
    /// The worker's resident memory.
    package var processMemoryBytes: Int64
    /// How late the worker's event loops were, at the 99th percentile of the second.
    package var loopLagP99Micros: Int64
    /// How late they were in the mean.
    package var loopLagMeanMicros: Int64

    package init(
        cpuPercent: Double = 0,
        memoryPercent: Double = 0,
        processCPUPercent: Double = 0,
        processMemoryBytes: Int64 = 0,
        loopLagP99Micros: Int64 = 0,
        loopLagMeanMicros: Int64 = 0
    ) {
        self.cpuPercent = cpuPercent
        self.memoryPercent = memoryPercent
        self.processCPUPercent = processCPUPercent
        self.processMemoryBytes = processMemoryBytes
        self.loopLagP99Micros = loopLagP99Micros
        self.loopLagMeanMicros = loopLagMeanMicros
    }
}

extension Window {
    /// The window of a tally, not numbered yet; of a worker that runs no agents.
    package init(run: String, place: WindowPlace, _ tally: WindowTally) {
        self.init(
            run: run,
            seq: 0,
            stage: place.stage,
            revision: place.revision,
            phase: place.phase,
            startMicros: place.startMicros,
            endMicros: place.endMicros,
            assigned: 0,
            active: 0,
            counters: tally.counters,
            series: tally.series
        )
    }
}
