import ApeCore
import ApeMetrics
import ApeWire

/// Values at and beyond every bound, drawn from a seed: what a broken server, clock or coordinator could make a side say.
package struct Extremes {
    private var random: SeededRandom

    package init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    package mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

    package mutating func flag() -> Bool { Bool.random(using: &random) }

    package mutating func integer() -> Int64 {
        let edges: [Int64] = [
            .min, .min + 1, -1, 0, 1, 2, 999_999, 1_000_000, 1 << 31, 1 << 45, 1 << 53, .max - 1, .max,
        ]
        switch pick(3) {
        case 0: return edges[pick(edges.count)]
        case 1: return edges[pick(edges.count)] &+ Int64(pick(5) - 2)
        default: return Int64(truncatingIfNeeded: random.next()) >> Int64(pick(64))
        }
    }

    private mutating func int() -> Int { Int(integer()) }

    private mutating func double() -> Double {
        let edges: [Double] = [
            0, -0.0, 1, 99.5, 100, 1e308, -1e308, .infinity, -.infinity, .nan, .leastNonzeroMagnitude,
        ]
        return edges[pick(edges.count)]
    }

    private mutating func text() -> String {
        let letters = [
            "a", "ß", "漢", "😀", "e\u{301}", "{", "}", "=", "\"", "\\", "\u{0}", "\u{1B}", "\n", "\u{202E}", " ",
        ]
        let lengths = [0, 1, 3, 60, 255, 256, 257, 1_023, 1_024, 2_049]
        let (letter, length) = (letters[pick(letters.count)], lengths[pick(lengths.count)])
        return String(repeating: letter, count: length) + letters[pick(letters.count)]
    }

    private mutating func histogram() -> Histogram {
        var histogram = Histogram()
        for _ in 0..<pick(6) { histogram.record(integer()) }
        guard pick(4) == 0 else { return histogram }
        let value = Histogram.maximumMicros >> Int64(pick(45))
        let count = max(1, integer())
        let parts = Histogram(
            count: count,
            sumMicros: count.multipliedClamped(by: value),
            minMicros: value,
            maxMicros: value,
            buckets: [Histogram.Bucket(index: Histogram.bucketIndex(of: value), count: count)]
        )
        for _ in 0..<pick(3) { histogram.merge(parts ?? Histogram()) }
        return histogram
    }

    package mutating func window() -> Window {
        var window = Window(
            run: "run-1",
            seq: integer(),
            stage: int(),
            revision: int(),
            phase: Window.Phase.allCases[pick(3)],
            startMicros: integer(),
            endMicros: integer(),
            assigned: int(),
            active: int(),
            stalled: int(),
            waiting: int(),
            isLate: flag()
        )
        window.host = HostSample(
            cpuPercent: double(),
            memoryPercent: double(),
            processCPUPercent: double(),
            processMemoryBytes: integer(),
            loopLagP99Micros: integer(),
            loopLagMeanMicros: integer()
        )
        for _ in 0..<pick(8) {
            let name = flag() ? CounterFamily.routeErrors[text()] : CounterName(rawValue: text())
            window.counters[name] = integer()
        }
        for _ in 0..<pick(8) {
            let name = flag() ? SeriesName.target(route: text()) : SeriesName(rawValue: text())
            window.series[name] = histogram()
        }
        return window
    }

    private mutating func taken() -> [TakenArrivals] {
        (0..<pick(3)).map { _ in TakenArrivals(agents: ranges(), until: FleetTime(micros: integer())) }
    }

    private mutating func ranges() -> AgentRanges {
        AgentRanges(
            (0..<pick(5)).map { _ in
                let first = int().clamped(to: 0...Int.max / 2)
                return first...first.addingReportingOverflow(pick(1_000)).partialValue
            }
        )
    }

    private mutating func trace() -> SessionTrace {
        SessionTrace(
            goal: text(),
            startMicros: integer(),
            durationMicros: integer(),
            failedCheck: flag() ? .init(name: text(), reason: text()) : nil,
            steps: (0..<pick(70)).map { _ in
                SessionTrace.Step(
                    offsetMicros: integer(),
                    durationMicros: integer(),
                    what: text(),
                    status: flag() ? int() : nil,
                    error: flag() ? text() : nil,
                    attempts: int(),
                    spanID: UInt64(bitPattern: integer()),
                    decision: flag() ? decision() : nil
                )
            },
            stepsLeftOut: integer()
        )
    }

    private mutating func decision() -> SessionTrace.Step.Decision {
        SessionTrace.Step.Decision(
            firstTokenMicros: flag() ? integer() : nil,
            tokensIn: integer(),
            tokensOut: integer(),
            tokensCached: integer(),
            isEstimate: flag()
        )
    }

    private mutating func timeline() -> StageTimeline {
        StageTimeline(
            stage: int(),
            start: FleetTime(micros: integer()),
            ramp: Micros(integer()),
            warmup: Micros(integer()),
            hold: Micros(integer())
        )
    }

    private mutating func capacity() -> Capacity {
        var labels: [String: String] = [:]
        for _ in 0..<pick(70) { labels[text()] = text() }
        return Capacity(cpus: int(), memoryBytes: integer(), maxAgents: flag() ? int() : nil, labels: labels)
    }

    private mutating func version() -> ProtocolVersion { ProtocolVersion(major: int(), minor: int()) }

    private mutating func nonce() -> Nonce { Nonce((0..<Nonce.bytes).map { _ in UInt8(pick(256)) }) }

    /// One message of each kind.
    package mutating func messages() -> [Message] { coordinatorMessages() + workerMessages() }

    private mutating func coordinatorMessages() -> [Message] {
        let run = "run-1"
        return [
            .greet(Greet(version: version(), coordinator: text(), nonce: nonce())),
            .welcome(
                Welcome(
                    proof: text(),
                    now: FleetTime(micros: integer()),
                    heartbeat: Micros(integer()),
                    lease: Micros(integer()),
                    clock: flag() ? text() : nil,
                    resume: flag() ? .init(run: run, ackedSeq: integer()) : nil
                )
            ),
            .ping(
                Ping(
                    id: integer(),
                    sent: FleetTime(micros: integer()),
                    heard: flag() ? LocalTime(micros: integer()) : nil
                )
            ),
            .prepare(Prepare(run: run, seed: UInt64(bitPattern: integer()), scenario: ["name": .string(text())])),
            .assign(
                Assign(
                    run: run,
                    revision: int(),
                    timeline: timeline(),
                    agents: ranges(),
                    fleetAgents: int(),
                    drain: Micros(integer())
                )
            ),
            .ack(Ack(run: run, seq: integer())), .stop(Stop(run: run, reason: .aborted)),
            .rows(
                Rows(
                    run: run,
                    id: integer(),
                    goal: text(),
                    first: int(),
                    rows: [[text(), nil]],
                    isLast: flag(),
                    isUsedUp: flag()
                )
            ),
        ]
    }

    private mutating func workerMessages() -> [Message] {
        let run = "run-1"
        return [
            .hello(
                Hello(
                    version: version(),
                    worker: "worker-1",
                    name: text(),
                    software: text(),
                    nonce: nonce(),
                    proof: text(),
                    capacity: capacity(),
                    cancelsAtLease: flag(),
                    resume: flag() ? .init(run: run, lastSeq: integer()) : nil
                )
            ),
            .pong(Pong(id: integer(), sent: FleetTime(micros: integer()), local: LocalTime(micros: integer()))),
            .prepared(Prepared(run: run)), .refused(Refused(run: run, code: text(), message: text())),
            .assigned(Assigned(run: run, revision: int(), taken: taken())), .window(window()),
            .answered(Answered(run: run, stage: int())),
            .event(
                WorkerEvent(
                    run: run,
                    level: .warning,
                    code: text(),
                    message: text(),
                    agent: flag() ? int() : nil,
                    traceID: flag() ? text() : nil,
                    session: flag() ? trace() : nil
                )
            ),
            .stopped(Stopped(run: run, lastSeq: integer(), taken: taken())), .leave(Leave(reason: text())),
            .wantRows(
                WantRows(run: run, id: integer(), goal: text(), want: flag() ? .next(int()) : .numbered(ranges()))
            ),
            .error(ApeError(ApeError.Code(rawValue: text()), text())),
        ]
    }
}
