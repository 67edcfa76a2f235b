import ApeCore

/// A coordinator that has to end while its run is to go on: another one takes it up.
extension CoordinatorMachine {
    /// Stores what came in, and ends. Workers are told nothing: for them it is as when a coordinator dies. They keep what they
    /// measure, go on for as long as their lease allows, and come back to the next.
    mutating func suspend(at now: FleetTime) {
        switch phase {
        case .idle, .gathering, .running:
            record(.suspended, at: now)
            log(.info, "The run is suspended")
            phase = .closing(.suspended)
            isBatchUrgent = true
        // What is about to end comes to its end.
        case .finishing, .closing, .finished: break
        }
    }

    /// Takes up a run that was suspended at a moment. Over a short while agents went on by themselves, and nothing is missing.
    /// After a longer one the stage that stood still is measured anew, as after a pause; those before it stand.
    mutating func bridgeSuspension(since moment: FleetTime, at now: FleetTime) {
        guard now - moment > configuration.lease / 2, pausedAt == nil, pauseRefusal(at: moment) == nil else { return }
        pausedAt = moment
        record(.paused, at: moment)
        goOn(at: now, lead: configuration.limits.reunion)
    }
}
