import ServiceLifecycle
import UnixSignals

/// Calls a function at every SIGHUP, the usual signal for a service to read its files again.
package struct HangupWatch: Service {
    private let act: @Sendable () -> Void

    package init(_ act: @escaping @Sendable () -> Void) {
        self.act = act
    }

    /// Returns at shutdown.
    package func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() { act() }
    }
}
