import ApeChannel
import ApeCore
import ApeFleet
import ApeTransfer
import Logging
import ServiceLifecycle

/// The worker's process: the fleet machine, the connection to the coordinator, the reactors and the agents.
package struct WorkerService: Service {
    private let configuration: WorkerConfiguration
    private let logger: Logger

    package init(configuration: WorkerConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Runs until the worker has left, or with `endsWithRun` until its run has ended.
    ///
    /// - Throws: ``ApeError`` of code `fleet` when the coordinator cannot be reached or refuses this worker.
    package func run() async throws {
        let reactors = (0..<configuration.reactors).map { Reactor(name: "ape-reactor-\($0)") }
        defer { for reactor in reactors { reactor.shutdown() } }
        let (jobs, adding) = AsyncStream<WorkerLoop.Job>.makeStream()
        let loop = WorkerLoop(configuration: configuration, reactors: reactors, jobs: adding, logger: logger)
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                await loop.handle(.started)
                for await job in jobs { group.addTask { await job() } }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            adding.yield { await loop.handle(.leaveRequested(reason: "the worker was asked to end")) }
        }
        if case .failed(let reason) = await loop.exit {
            throw ApeError(.fleet, reason)
        }
    }
}
