import ApeAgent
import ApeCore
import ApeFleet
import ApeHTTP
import ApeMetrics
import ApeProgram
import ApeTransfer

/// What is measured, a second at a time.
extension WorkerLoop {
    /// Fleet time minus the monotonic clock.
    var fleetOffset: Micros {
        let local = clock.now
        return machine.fleetOffset + Micros(local.micros - clock.monotonicMicros(at: local))
    }

    func cut(_ stamp: WindowStamp) -> WorkerMachine.Event {
        let lags = reactors.map { $0.takeLoopLag() }
        var host = probe.sample(nowMicros: clock.now.micros, loopLagP99Micros: lags.map(\.p99Micros).max() ?? 0)
        host.loopLagMeanMicros = lags.map(\.meanMicros).max() ?? 0
        arrivals.align(fleetOffset: fleetOffset)
        let due = arrivals.takeDue(until: stamp.end)
        if due > 0 { recorder.record { $0.add(.sessionsDue, due) } }
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
