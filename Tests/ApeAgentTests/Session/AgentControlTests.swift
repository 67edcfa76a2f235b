import Synchronization
import Testing
import TransportKit

@testable import ApeAgent

@Suite struct AgentControlTests {
    /// How often an agent's task was cancelled.
    private final class Cancellations: Sendable {
        private let number = Mutex(0)

        var count: Int { number.withLock { $0 } }

        func attach(to control: AgentControl) {
            control.attach { self.number.withLock { $0 += 1 } }
        }
    }

    @Test func aStopCancelsWhatWaits() throws {
        let (control, cancelled) = (AgentControl(), Cancellations())
        cancelled.attach(to: control)
        try control.beginWait()
        #expect(cancelled.count == 0)
        control.stop()
        #expect(cancelled.count == 1)
        control.endWait()
        #expect(throws: CancellationError.self) { try control.beginWait() }
    }

    @Test func aStopLeavesARequestAlone() throws {
        let (control, cancelled) = (AgentControl(), Cancellations())
        cancelled.attach(to: control)
        try control.beginWait()
        control.endWait()
        control.stop()
        #expect(cancelled.count == 0)
        #expect(throws: CancellationError.self) { try control.beginWait() }
    }

    /// The task runs before its starter has it.
    @Test func aStopThatComesBeforeTheTaskIsKnownCancelsIt() throws {
        let (control, cancelled) = (AgentControl(), Cancellations())
        try control.beginWait()
        control.stop()
        cancelled.attach(to: control)
        #expect(cancelled.count == 1)
    }

    @Test func wakingEndsTheWaitsThatAskForIt() async throws {
        let control = AgentControl()
        let wakes = control.wakes
        let transport = FakeTransport(onSleep: { _ in
            control.wake()
            try Task.checkCancellation()
        }) { _, _ in .json(200, "{}") }
        try await control.sleep(5, by: transport)
        let now = control.wakes
        #expect(now == wakes + 1 && transport.sleeps == [5])
        await #expect(throws: CancellationError.self) {
            try await control.sleep(6, by: transport, orWokenSince: now)
        }
        // Woken between the look and the wait: it does not begin.
        await #expect(throws: CancellationError.self) {
            try await control.sleep(7, by: transport, orWokenSince: now)
        }
        #expect(transport.sleeps == [5])
    }
}
