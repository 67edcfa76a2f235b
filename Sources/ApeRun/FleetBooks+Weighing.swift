import ApeCore
import ApeFleet
import ApeMetrics

extension FleetBooks {
    /// How much has come in, by worker in the order of joining; a run that has not ended is weighed up to `nowMicros`.
    package func completeness(atMicros nowMicros: Int64) -> [WorkerCompleteness] {
        let end = endedMicros ?? nowMicros
        // After the last stage nobody owes anything: what is in flight comes in.
        let owedEnd = endedMicros == nil ? end : min(end, timelines.last?.end.micros ?? end)
        let span = WholeSeconds.inside(timelines.first?.start ?? FleetTime(micros: end), FleetTime(micros: end))
        return accounts.map { $0.weighed(owedEndMicros: owedEnd, endMicros: end, span: span) }
    }
}

extension FleetBooks.Account {
    mutating func leave(_ ending: WorkerPresence.Ending, atMicros: Int64) {
        guard let last = presences.indices.last, presences[last].toMicros == nil else { return }
        presences[last].toMicros = max(atMicros, presences[last].fromMicros)
        presences[last].ending = ending
    }

    /// How much has come in of what this worker owed.
    ///
    /// - Parameters:
    ///   - owedEndMicros: until when a worker owes that is still there.
    ///   - endMicros: the run's end.
    ///   - span: the run's seconds; a window of any other counts for nothing.
    /// - Returns: the worker's completeness.
    fileprivate func weighed(owedEndMicros: Int64, endMicros: Int64, span: Range<Int64>) -> WorkerCompleteness {
        var owed = SecondRanges()
        for presence in presences {
            let seconds = WholeSeconds.inside(
                FleetTime(micros: presence.fromMicros),
                FleetTime(micros: presence.toMicros ?? owedEndMicros)
            )
            owed.insert(contentsOf: presence.ending == .left ? seconds.clamped(to: 0..<stopSecond) : seconds)
        }
        let expected = owed.union(covered.clamped(to: span))
        var disconnections = disconnections
        if let away = awayMicros, endMicros > away { disconnections.append(away..<endMicros) }
        return WorkerCompleteness(
            worker: worker,
            name: name,
            expected: expected,
            missing: expected.subtracting(covered),
            windows: windows,
            lateWindows: late,
            duplicateWindows: duplicates,
            droppedWindows: dropped,
            refusedWindows: refused,
            excesses: excesses,
            presences: presences,
            disconnections: disconnections
        )
    }

    /// The first second that a worker which has stopped did not measure, as far as is known: with its last window
    /// there, the end of that.
    private var stopSecond: Int64 {
        guard let stoppedSeq, lastSeq >= stoppedSeq else { return .max }
        return covered.ranges.last?.upperBound ?? 0
    }
}
