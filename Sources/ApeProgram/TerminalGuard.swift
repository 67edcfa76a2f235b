import Glibc
import Synchronization

/// Gives a terminal back where a signal ends the process while pictures are shown on it.
enum TerminalGuard {
    /// Signals that end a process of themselves.
    private static let signals = [SIGHUP, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGSEGV]

    /// The terminal that shows pictures; -1 for none.
    private static let descriptor = Atomic<Int32>(-1)
    private static let isSet = Atomic<Bool>(false)

    /// Pictures are shown on a descriptor's terminal.
    static func watch(_ descriptor: Int32) {
        self.descriptor.store(descriptor, ordering: .releasing)
        guard !isSet.exchange(true, ordering: .acquiringAndReleasing) else { return }
        for number in signals {
            var action = sigaction()
            // Somebody else's handler stays.
            guard sigaction(number, nil, &action) == 0, action.__sigaction_handler.sa_handler == nil else { continue }
            signal(number) { number in TerminalGuard.end(number) }
        }
    }

    /// No pictures are shown any more.
    static func rest() {
        descriptor.store(-1, ordering: .releasing)
    }

    /// Runs in a signal's handler: it takes no lock and no memory.
    private static func end(_ number: Int32) {
        let terminal = descriptor.exchange(-1, ordering: .acquiringAndReleasing)
        if terminal >= 0 {
            let bytes = TerminalSequence.leaveBytes
            _ = Glibc.write(terminal, bytes.utf8Start, bytes.utf8CodeUnitCount)
        }
        signal(number, SIG_DFL)
        raise(number)
    }
}
