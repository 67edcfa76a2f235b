import ApeCore
import ApeMetrics

/// A window as the bytes of one database row. Its run, worker and number are the row's key and not among them.
///
/// Well-known names take one byte, others stand in full, labels stand once; bucket indices are written as differences. A second of 250 agents
/// that each act about once takes 8.3 KB, and 9 KB in the file: half an hour of four such workers is 64 MB.
enum WindowCoding {
    private static let version: UInt8 = 2
    /// Rows of this version lack what came with APE/1.1: late windows, stalled and waiting agents, the mean lag.
    private static let versionBeforeLateWindows: UInt8 = 1

    /// A name's place here is part of the format: new ones go to the end.
    private static let knownSeries: [SeriesName] = [
        .gap, .decision, .target, .think, .retryWait, .overhead, .ttft, .attemptTTFT, .contentTTFT, .toolCall,
        .generation, .decisionTime, .session, .startup, .decisionFirstToken, .decisionGeneration,
    ]
    /// Labelled names, in the same list.
    private static let seriesFamilies: [SeriesFamily] = [.targetRoute]
    /// A name's place here is part of the format: new ones go to the end.
    private static let knownCounters: [CounterName] = [
        .sessionsStarted, .sessionsSucceeded, .sessionsStateful, .sessionsSuccessfulStateful, .sessionsUnfinished,
        .decisions, .tokensIn, .tokensOut, .eventsDropped, .targetRequests, .verifications, .actions(.successful),
        .actions(.redirection), .actions(.clientError), .actions(.serverError), .actions(.error),
    ]
    /// Labelled names, in the same list.
    private static let counterFamilies: [CounterFamily] =
        GapLabel.allCases.flatMap(\.families) + [
            .goalSessionsSucceeded, .goalSessionsFailed, .goalSessionsSuccessfulStateful, .routeRequests, .routeErrors,
            .sessionsFailed, .decisionErrors,
        ]
    /// What came later, behind those.
    private static let laterSeries =
        [SeriesName.sessionSuccessful, .sessionUnanswered].map(\.rawValue) + [start(of: .failedRoute)]
    private static let laterCounters =
        [CounterName.absentMicros, .harnessMicros].map(\.rawValue)
        + [CounterFamily.agentTime, .sessionFailures].map(start)
        + [CounterName.tokensCached, .tokensCacheWrite, .tokensReasoning, .tokensEstimated].map(\.rawValue)
    private static let seriesNames = NameTable(
        knownSeries.map(\.rawValue) + seriesFamilies.map(start) + laterSeries
    )
    private static let counterNames = NameTable(
        knownCounters.map(\.rawValue) + counterFamilies.map(start) + laterCounters
    )

    private static func start(of family: SeriesFamily) -> String { "\(family.name){\(family.label.rawValue)=" }

    private static func start(of family: CounterFamily) -> String { "\(family.name){\(family.label.rawValue)=" }

    static func bytes(of window: Window) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(byte: version)
        writer.write(window.stage)
        writer.write(window.revision)
        writer.write(byte: UInt8(Window.Phase.allCases.firstIndex(of: window.phase) ?? 0))
        writer.write(window.startMicros)
        writer.write(window.endMicros)
        writer.write(window.assigned)
        writer.write(window.active)
        writer.write(window.host.cpuPercent)
        writer.write(window.host.memoryPercent)
        writer.write(window.host.processCPUPercent)
        writer.write(window.host.processMemoryBytes)
        writer.write(window.host.loopLagP99Micros)
        writer.write(byte: window.isLate ? 1 : 0)
        writer.write(window.stalled)
        writer.write(window.waiting)
        writer.write(window.host.loopLagMeanMicros)
        var labels = LabelTable()
        writer.write(unsigned: UInt64(window.counters.count))
        for (name, number) in window.counters.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            counterNames.write(name.rawValue, &labels, to: &writer)
            writer.write(number)
        }
        writer.write(unsigned: UInt64(window.series.count))
        for (name, histogram) in window.series.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            seriesNames.write(name.rawValue, &labels, to: &writer)
            write(histogram, to: &writer)
        }
        return writer.bytes
    }

    /// The window of a row; throws ``ByteReader/malformed`` for bytes that none was written as.
    static func window(from bytes: [UInt8], run: String, seq: Int64) throws(ApeError) -> Window {
        var reader = ByteReader(bytes)
        let written = try reader.byte()
        guard written == version || written == versionBeforeLateWindows else { throw ByteReader.malformed }
        let stage = try reader.int()
        let revision = try reader.int()
        let phase = Int(try reader.byte())
        guard Window.Phase.allCases.indices.contains(phase) else { throw ByteReader.malformed }
        var window = Window(
            run: run,
            seq: seq,
            stage: stage,
            revision: revision,
            phase: Window.Phase.allCases[phase],
            startMicros: try reader.int64(),
            endMicros: try reader.int64(),
            assigned: try reader.int(),
            active: try reader.int()
        )
        window.host.cpuPercent = try reader.double()
        window.host.memoryPercent = try reader.double()
        window.host.processCPUPercent = try reader.double()
        window.host.processMemoryBytes = try reader.int64()
        window.host.loopLagP99Micros = try reader.int64()
        if written == version {
            window.isLate = try reader.byte() == 1
            window.stalled = try reader.int()
            window.waiting = try reader.int()
            window.host.loopLagMeanMicros = try reader.int64()
        }
        var labels = LabelTable()
        for _ in 0..<(try reader.count()) {
            let name = CounterName(rawValue: try counterNames.read(&labels, from: &reader))
            window.counters[name] = try reader.int64()
        }
        for _ in 0..<(try reader.count()) {
            let name = SeriesName(rawValue: try seriesNames.read(&labels, from: &reader))
            window.series[name] = try histogram(from: &reader)
        }
        guard reader.isAtEnd, window.excess == nil else { throw ByteReader.malformed }
        return window
    }

    private static func write(_ histogram: Histogram, to writer: inout ByteWriter) {
        writer.write(histogram.count)
        writer.write(histogram.sumMicros)
        writer.write(histogram.minMicros)
        writer.write(histogram.maxMicros)
        writer.write(unsigned: UInt64(histogram.buckets.count))
        var previous: Int32 = 0
        for bucket in histogram.buckets {
            writer.write(unsigned: UInt64(bucket.index - previous))
            writer.write(unsigned: UInt64(bucket.count))
            previous = bucket.index
        }
    }

    private static func histogram(from reader: inout ByteReader) throws(ApeError) -> Histogram {
        let count = try reader.int64()
        let sum = try reader.int64()
        let least = try reader.int64()
        let greatest = try reader.int64()
        var buckets: [Histogram.Bucket] = []
        var index: UInt64 = 0
        for _ in 0..<(try reader.count()) {
            index = index &+ (try reader.unsigned())
            guard let place = Int32(exactly: index), let number = Int64(exactly: try reader.unsigned()) else {
                throw ByteReader.malformed
            }
            buckets.append(Histogram.Bucket(index: place, count: number))
        }
        let rebuilt = Histogram(count: count, sumMicros: sum, minMicros: least, maxMicros: greatest, buckets: buckets)
        guard let rebuilt else { throw ByteReader.malformed }
        return rebuilt
    }
}
