import Glibc
import Synchronization

/// Gives a terminal back where a signal ends or stops the process while pictures are shown on it.
enum TerminalGuard {
    /// Signals that end a process of themselves.
    private static let signals = [SIGHUP, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGSEGV]

    /// The terminal that shows pictures; -1 for none.
    private static let descriptor = Atomic<Int32>(-1)
    private static let isSet = Atomic<Bool>(false)
    /// Whether the process was stopped since the last picture.
    private static let wasStopped = Atomic<Bool>(false)

    /// Pictures are shown on a descriptor's terminal.
    static func watch(_ descriptor: Int32) {
        self.descriptor.store(descriptor, ordering: .releasing)
        guard !isSet.exchange(true, ordering: .acquiringAndReleasing) else { return }
        for number in signals where isFree(number) { signal(number) { number in TerminalGuard.end(number) } }
        if isFree(SIGTSTP) { signal(SIGTSTP) { _ in TerminalGuard.stop() } }
    }

    /// Whether a signal does what it does of itself: somebody else's handler stays.
    private static func isFree(_ number: Int32) -> Bool {
        var action = sigaction()
        return sigaction(number, nil, &action) == 0 && action.__sigaction_handler.sa_handler == nil
    }

    /// Whether the process was stopped since this was asked last, and the terminal is another's screen now.
    static func takeStop() -> Bool { wasStopped.exchange(false, ordering: .acquiringAndReleasing) }

    /// Whether the process that started this one is stopped: a shell has the terminal then.
    static var isParentStopped: Bool {
        guard let file = fopen("/proc/\(getppid())/stat", "re") else { return false }
        defer { fclose(file) }
        var line = [UInt8](repeating: 0, count: 256)
        let count = fread(&line, 1, line.count, file)
        // The state stands behind the name, which may hold anything.
        guard let end = line.prefix(count).lastIndex(of: UInt8(ascii: ")")), end + 2 < count else { return false }
        return line[end + 2] == UInt8(ascii: "T")
    }

    /// No pictures are shown any more.
    static func rest() {
        descriptor.store(-1, ordering: .releasing)
    }

    /// Runs in a signal's handler: it takes no lock and no memory.
    private static func end(_ number: Int32) {
        giveBack()
        signal(number, SIG_DFL)
        raise(number)
    }

    /// Likewise.
    private static func stop() {
        if descriptor.load(ordering: .acquiring) >= 0 { giveBack() }
        raise(SIGSTOP)
    }

    private static func giveBack() {
        let terminal = descriptor.exchange(-1, ordering: .acquiringAndReleasing)
        guard terminal >= 0 else { return }
        wasStopped.store(true, ordering: .releasing)
        let bytes = TerminalSequence.leaveBytes
        _ = Glibc.write(terminal, bytes.utf8Start, bytes.utf8CodeUnitCount)
    }
}
