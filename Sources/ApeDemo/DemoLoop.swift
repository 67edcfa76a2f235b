import NIOCore
import NIOPosix
import Synchronization

/// The only thread of a service: it serves the connections and runs the tasks that answer them.
///
/// A task that runs on its connection's thread writes without waking another thread, and waits on the thread's own
/// timers. At a thousand streams a second, waking threads would take most of the time.
final class DemoLoop: TaskExecutor {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let loop: any EventLoop
    private let isOver = Atomic(false)

    init() {
        loop = group.next()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // What ends late has no thread of the service's any more.
        if isOver.load(ordering: .acquiring) { return globalConcurrentExecutor.enqueue(job) }
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Ends the thread once the service has ended.
    ///
    /// - Throws: what NIO says of a thread that does not end.
    func end() async throws {
        isOver.store(true, ordering: .releasing)
        try await group.shutdownGracefully()
    }

    /// The system's clock, and waiting on the thread's own timers.
    var time: DemoTime {
        var time = DemoTime.system
        time.sleep = { [loop] micros in
            guard micros > 0 else { return }
            if self.isOver.load(ordering: .acquiring) { throw CancellationError() }
            let timer = loop.scheduleTask(in: .microseconds(micros)) {}
            try await withTaskCancellationHandler {
                try await timer.futureResult.get()
            } onCancel: {
                timer.cancel()
            }
        }
        return time
    }
}
