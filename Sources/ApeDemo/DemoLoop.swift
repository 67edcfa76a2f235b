import NIOCore
import NIOPosix

/// The only thread of a service: it serves the connections and runs the tasks that answer them.
///
/// A task that runs on its connection's thread writes without waking another thread, and waits on the thread's own
/// timers. At a thousand streams a second, waking threads would take most of the time.
final class DemoLoop: TaskExecutor {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let loop: any EventLoop

    init() {
        loop = group.next()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// The system's clock, and waiting on the thread's own timers.
    var time: DemoTime {
        var time = DemoTime.system
        time.sleep = { [loop] micros in
            guard micros > 0 else { return }
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
