import ApeCore
import ApeFleet
import ApeProgram
import ApeReport
import ApeRun

/// What a run that goes on is told.
extension CoordinatorLoop {
    /// Does what a command says.
    ///
    /// - Throws: ``ApeError`` with a sentence that says why this run cannot, as it stands.
    func obey(_ command: RunCommand) throws(ApeError) {
        guard outcome == nil else { throw ApeError(.usage, "The run has ended") }
        switch command {
        case .stop: handle(.stopped)
        case .scale(let agents):
            guard record.ledger.plan.stages.last?.isOpen == true else {
                throw ApeError(.usage, "The run follows a plan: only a fleet of ape-test start can be scaled")
            }
            handle(.rescale(agents))
        case .pause:
            if let reason = machine.pauseRefusal(at: clock.now) { throw ApeError(.usage, reason) }
            handle(.paused)
        case .resume:
            guard machine.isPaused else { throw ApeError(.usage, "The run is not paused") }
            handle(.continued)
        }
    }
}
