import ApeInference
import ApeMetrics

/// Waiting for the next session where sessions arrive.
extension AgentLife {
    /// How long an agent waits where no session is to come any more: until it is woken, or this is over.
    private static let idleMicros: Int64 = 60_000_000

    /// Waits until a session arrives, at pause meanwhile.
    ///
    /// - Returns: when it arrived, by the monotonic clock; nil where agents work back to back.
    /// - Throws: when the agent is to end.
    func nextArrival(_ slot: WindowRecorder.Slot) async throws -> Int64? {
        let board = runner.arrivals
        while board.isOn {
            // In this order: whoever changes the board first changes it and then wakes.
            let wakes = control.wakes
            if control.isFinishing { throw CancellationError() }
            let taken = board.take()
            let wait = taken.map { $0.micros - transport.nowMicros } ?? Self.idleMicros
            if wait > 0 {
                do {
                    try await pause(wait, slot, unlessWokenSince: wakes)
                } catch {
                    if let taken { board.giveBack(taken) }
                    if control.isStopped || control.isFinishing || Task.isCancelled { throw error }
                    continue
                }
            }
            guard let taken, board.begin(taken) else { continue }
            note(taken.micros, slot)
            return taken.micros
        }
        return nil
    }

    private func pause(_ micros: Int64, _ slot: WindowRecorder.Slot, unlessWokenSince wakes: Int) async throws {
        let recorder = runner.recorder
        recorder.turn(slot, to: .pause, at: transport.nowMicros)
        defer { recorder.turn(slot, to: .overhead, at: transport.nowMicros) }
        try await control.sleep(micros, by: transport, orWokenSince: wakes)
    }

    /// Takes note of how late the session begins.
    private func note(_ arrivedMicros: Int64, _ slot: WindowRecorder.Slot) {
        let now = transport.nowMicros
        let late = max(0, now - arrivedMicros)
        runner.recorder.arrive(slot, at: now) {
            $0.record(.lateness, late)
            if late > Arrival.lateMicros { $0.add(.sessionsLate) }
        }
    }
}
