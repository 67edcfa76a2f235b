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
        let order = try await onReactor { reactor in
            let recorder = Recorder()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for micros: Int64 in [9_000, 1_000, 5_000, 3_000, 7_000] {
                    group.addTask(executorPreference: reactor) {
                        try await reactor.sleep(micros: micros)
                        recorder.add("\(micros)")
                    }
                }
                try await group.waitForAll()
            }
            return recorder.lines
        }
        #expect(order == ["1000", "3000", "5000", "7000", "9000"])
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

/// Lets one task wait until something happened.
final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let source: AsyncStream<Void>.Continuation

    init() {
        (stream, source) = AsyncStream<Void>.makeStream()
    }

    func open() {
        source.finish()
    }

    func wait() async {
        for await _ in stream {}
    }
}
