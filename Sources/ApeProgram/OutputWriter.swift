import CLinux
import Glibc
import Synchronization

/// Writes text to a descriptor on a thread of its own. A reader that takes nothing (a full pipe, a terminal that was
/// stopped with Ctrl-S, a disk that hangs) so holds nobody up.
///
/// What waits is bounded. Past that the oldest text is dropped, and a line in its place tells how much, as soon as the
/// reader takes something again.
final class OutputWriter: Sendable {
    private struct State {
        var waiting = OutputBacklog()
        var thread = Thread.idle
        /// Whether the thread holds text that is not written yet.
        var isWriting = false
        /// Whether what was written last ended within a line.
        var isLineOpen = false
        /// Bytes that the descriptor has taken, or refused by an error, since the start.
        var passedBytes = 0
        /// The line that stands for lines which were dropped.
        var note: @Sendable (_ lines: Int) -> String
    }

    private enum Thread {
        /// No text has come yet. May become ``running(wake:)`` or ``refused``.
        case idle
        /// A write to this descriptor wakes it. Stays so.
        case running(wake: Int32)
        /// The system has no thread or descriptor left: whoever has text writes it. Stays so.
        case refused
    }

    private let descriptor: Int32
    private let state: Mutex<State>

    /// Makes a writer; its thread starts with the first text.
    ///
    /// - Parameters:
    ///   - descriptor: stays open for as long as the process lives.
    ///   - limitBytes: bytes that may wait.
    init(_ descriptor: Int32, limitBytes: Int) {
        self.descriptor = descriptor
        let name = OutputKind(descriptor).name
        state = Mutex(
            State(waiting: OutputBacklog(limitBytes: limitBytes)) {
                "\($0) lines dropped: the \(name) did not take them\n"
            }
        )
    }

    /// Takes text to be written after all that came before it. Never waits for the reader.
    func write(_ text: String) {
        guard !text.isEmpty else { return }
        let thread = state.withLock { state in
            if case .idle = state.thread { state.thread = start() }
            state.waiting.append(Array(text.utf8))
            return state.thread
        }
        if case .running(let wake) = thread { eventfd_write(wake, 1) } else { writeWaiting() }
    }

    /// Whether the descriptor has taken, or refused, everything.
    var isIdle: Bool { state.withLock { $0.waiting.isEmpty && !$0.isWriting } }

    /// From now on a line of this kind tells of dropped lines.
    func tellDropped(_ note: @escaping @Sendable (_ lines: Int) -> String) {
        state.withLock { $0.note = note }
    }

    /// Waits until everything is written, for as long as the reader takes some of it every now and then.
    ///
    /// - Parameter patience: how long the reader may take nothing.
    /// - Returns: whether everything is out.
    @discardableResult
    func finish(patience: Duration) -> Bool {
        var (seen, since) = (-1, ContinuousClock.now)
        while true {
            let (isDone, passed) = state.withLock { ($0.waiting.isEmpty && !$0.isWriting, $0.passedBytes) }
            if isDone { return true }
            if passed != seen { (seen, since) = (passed, .now) }
            guard ContinuousClock.now - since < patience else { return false }
            usleep(2_000)
        }
    }

    private func start() -> Thread {
        let wake = eventfd(0, Int32(EFD_CLOEXEC))
        guard wake >= 0 else { return .refused }
        var thread = pthread_t()
        var everySignal = sigset_t()
        var former = sigset_t()
        // Other threads handle the process's signals.
        sigfillset(&everySignal)
        pthread_sigmask(SIG_BLOCK, &everySignal, &former)
        let context = Unmanaged.passRetained(Work(writer: self, wake: wake))
        let code = pthread_create(&thread, nil, Self.threadMain, context.toOpaque())
        pthread_sigmask(SIG_SETMASK, &former, nil)
        guard code == 0 else {
            context.release()
            close(wake)
            return .refused
        }
        pthread_detach(thread)
        return .running(wake: wake)
    }

    /// What the thread is given.
    private final class Work: Sendable {
        let writer: OutputWriter
        let wake: Int32

        init(writer: OutputWriter, wake: Int32) {
            self.writer = writer
            self.wake = wake
        }
    }

    private static let threadMain: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
        guard let context else { return nil }
        let work = Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
        var count: eventfd_t = 0
        while true {
            eventfd_read(work.wake, &count)
            work.writer.writeWaiting()
        }
    }

    private func writeWaiting() {
        while let piece = next() {
            if piece.droppedLines > 0 {
                guard put(Array(piece.note.utf8)) == piece.note.utf8.count else {
                    giveBack(piece.droppedLines + Self.lines(piece.bytes[...]))
                    continue
                }
            }
            let written = put(piece.bytes)
            if written < piece.bytes.count { giveBack(max(1, Self.lines(piece.bytes[written...]))) }
        }
    }

    private func giveBack(_ lines: Int) {
        state.withLock { $0.waiting.giveBack(lines) }
    }

    private func next() -> (bytes: [UInt8], droppedLines: Int, note: String)? {
        state.withLock { state in
            guard let (bytes, lines) = state.waiting.take() else {
                state.isWriting = false
                return nil
            }
            state.isWriting = true
            // What was cut in the middle of a line stays on a line of its own.
            return (bytes, lines, lines > 0 ? (state.isLineOpen ? "\n" : "") + state.note(lines) : "")
        }
    }

    /// Writes bytes, however long that takes.
    ///
    /// - Returns: how many were taken before an error: a reader that is gone, a disk that is full.
    private func put(_ bytes: [UInt8]) -> Int {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                done += count
                let isLineOpen = bytes[done - 1] != Self.linefeed
                state.withLock { state in
                    state.passedBytes += count
                    state.isLineOpen = isLineOpen
                }
            } else if errno == EAGAIN {
                // Somebody who shares the descriptor has made it one that does not wait.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, 1_000)
            } else if errno != EINTR {
                state.withLock { $0.passedBytes += bytes.count - done }
                break
            }
        }
        return done
    }

    private static let linefeed = UInt8(ascii: "\n")

    private static func lines(_ bytes: ArraySlice<UInt8>) -> Int { bytes.count { $0 == linefeed } }
}
