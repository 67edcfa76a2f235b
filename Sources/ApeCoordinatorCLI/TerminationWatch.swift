import ServiceLifecycle
import UnixSignals

/// Calls a function at the first SIGTERM, and returns: the service group shuts down then.
struct TerminationWatch: Service {
    private let act: @Sendable () -> Void

    init(_ act: @escaping @Sendable () -> Void) {
        self.act = act
    }

    /// Returns at SIGTERM, or at shutdown.
    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sigterm).cancelOnGracefulShutdown() {
            return act()
        }
    }
}
