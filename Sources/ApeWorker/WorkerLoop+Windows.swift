import ApeCore
import ApeFleet
import ApeHTTP
import ApeMetrics
import ApeProgram
import ApeTransfer

/// What is measured, a second at a time.
extension WorkerLoop {
    func cut(_ stamp: WindowStamp) -> WorkerMachine.Event {
        let lags = reactors.map { $0.takeLoopLag() }
        var host = probe.sample(nowMicros: clock.now.micros, loopLagP99Micros: lags.map(\.p99Micros).max() ?? 0)
        host.loopLagMeanMicros = lags.map(\.meanMicros).max() ?? 0
        let cut = recorder.cut(
            as: stamp.place,
            at: MonotonicClock.nowMicros,
            skippedMicros: stamp.skipped.micros
        )
        measured.add(cut.tally)
        for late in cut.late { measured.add(late.tally) }
        windows += 1
        moment = WorkerMoment(
            endMicros: stamp.end.micros,
            assigned: stamp.assigned,
            active: cut.active,
            host: host
        )
        return .tally(stamp, cut, host)
    }
}
