import Dispatch
import Synchronization
import Testing

@testable import ApeTransfer

/// The reactor's thread, its timers and its end.
struct ReactorTests {
    @Test func runsTasksOnItsThread() async throws {
        let seen = try await onReactor { reactor in
            var seen = [reactor.isOnThread]
            await Task.yield()
            seen.append(reactor.isOnThread)
            try await reactor.sleep(micros: 1_000)
            seen.append(reactor.isOnThread)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask { reactor.isOnThread }
                for try await child in group { seen.append(child) }
            }
            return seen
        }
        #expect(seen == [true, true, true, true])
    }

    @Test func sleepsInOrderOfDeadlines() async throws {
        let woken = try await onReactor { reactor in
            try await withThrowingTaskGroup(of: Int64.self) { group in
                for micros: Int64 in [9_000, 1_000, 5_000, 3_000, 7_000] {
                    group.addTask(executorPreference: reactor) {
                        let deadline = MonotonicClock.nowMicros + micros
                        try await reactor.sleep(micros: micros)
                        return deadline
                    }
                }
                // The group gives them back as they end.
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(woken.count == 5)
        #expect(woken == woken.sorted())
    }

    @Test func sleepsAtLeastAsLongAsAsked() async throws {
        let slept = try await onReactor { reactor in
            let start = MonotonicClock.nowMicros
            try await reactor.sleep(micros: 5_000)
            return MonotonicClock.nowMicros - start
        }
        #expect(slept >= 5_000)
    }

    @Test func aCancelledSleepThrowsAtOnce() async throws {
        let reactor = Reactor(name: "test")
        defer { reactor.shutdown() }
        let task = Task(executorPreference: reactor) { try await reactor.sleep(micros: 3_600_000_000) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func sleepsForTasksElsewhere() async throws {
        let reactor = Reactor(name: "test")
        try await reactor.sleep(micros: 1_000)
        #expect(!reactor.isOnThread)
        reactor.shutdown()
        await #expect(throws: CancellationError.self) { try await reactor.sleep(micros: 1_000) }
    }

    @Test func measuresItsLag() async throws {
        let lag = try await onReactor { reactor in
            let until = MonotonicClock.nowMicros + 80_000
            while MonotonicClock.nowMicros < until {}
            await Task.yield()
            try await reactor.sleep(micros: 1_000)
            return (reactor.takeLoopLag().p99Micros, reactor.takeLoopLag().p99Micros)
        }
        #expect(lag.0 >= 20_000)
        #expect(lag.1 == 0)
    }

    /// However short the pieces of work, a timer that comes behind all of them tells how late they are.
    @Test func itsLagIsThatOfAllWaitingWork() async throws {
        let lag = try await onReactor { reactor in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask(executorPreference: reactor) {
                        let until = MonotonicClock.nowMicros + 2_000
                        while MonotonicClock.nowMicros < until {}
                    }
                }
                try await group.waitForAll()
            }
            try await reactor.sleep(micros: 1_000)
            return reactor.takeLoopLag().p99Micros
        }
        #expect(lag >= 20_000)
    }

    /// An answer is timed when it is read, so work that waits must not stand in its way.
    @Test func readsAnswersBetweenPiecesOfWork() async throws {
        let arrived = Gate()
        let (mayAnswer, sent) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            arrived.open()
            mayAnswer.wait()
            connection.send(answer("{}"))
            sent.signal()
            connection.waitForClose()
        }
        let pieces = 1_000
        let order = WorkOrder()
        try await onReactor { reactor in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: reactor) {
                    _ = try await TransferClient(reactor: reactor).stream(.patient(server.url())) { _ in
                        order.beforeAnswer.store(order.ran.load(ordering: .relaxed), ordering: .relaxed)
                        return .continue
                    }
                }
                await arrived.wait()
                for piece in 0..<pieces {
                    group.addTask(executorPreference: reactor) {
                        order.ran.add(1, ordering: .relaxed)
                        if piece == 0 {
                            mayAnswer.signal()
                            sent.wait()
                        }
                        let until = MonotonicClock.nowMicros + 300
                        while order.beforeAnswer.load(ordering: .relaxed) == 0, MonotonicClock.nowMicros < until {}
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(order.ran.load(ordering: .relaxed) == pieces)
        #expect((1..<pieces).contains(order.beforeAnswer.load(ordering: .relaxed)))
    }

    @Test func wakesSleepersWhenItEnds() async throws {
        let reactor = Reactor(name: "test")
        let task = Task(executorPreference: reactor) { try await reactor.sleep(micros: 3_600_000_000) }
        reactor.shutdown()
        reactor.shutdown()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func failsPendingTransfersWhenItEnds() async throws {
        let arrived = Gate()
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            arrived.open()
            connection.waitForClose()
        }
        let reactor = Reactor(name: "test")
        let task = Task(executorPreference: reactor) {
            let client = TransferClient(reactor: reactor)
            let first = await failure(of: .patient(server.url()), by: client)
            let second = await failure(of: .patient(server.url()), by: client)
            return [first?.kind, second?.kind]
        }
        await arrived.wait()
        reactor.shutdown()
        #expect(await task.value == [.cancelled, .cancelled])
    }

    @Test func tasksOutliveIt() async throws {
        let reactor = Reactor(name: "test")
        let release = Gate()
        let task = Task(executorPreference: reactor) {
            await release.wait()
            let client = TransferClient(reactor: reactor)
            return await failure(of: TransferRequest(url: "http://127.0.0.1:1/"), by: client)?.kind
        }
        reactor.shutdown()
        release.open()
        #expect(await task.value == .cancelled)
    }
}

/// How many pieces of work have run, and how many had before an answer was read.
private final class WorkOrder: Sendable {
    let ran = Atomic(0)
    let beforeAnswer = Atomic(0)
}

/// Lets one task wait until something happened.
final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let source: AsyncStream<Void>.Continuation
    private let hasOpened = Mutex(false)

    init() {
        (stream, source) = AsyncStream<Void>.makeStream()
    }

    var isOpen: Bool { hasOpened.withLock { $0 } }

    func open() {
        hasOpened.withLock { $0 = true }
        source.finish()
    }

    func wait() async {
        for await _ in stream {}
    }
}
