import ApeChannel
import ApeCore
import ApeFleet
import ApeHTTP
import ApeTransfer
import Logging
import ServiceLifecycle

/// The worker's process: the fleet machine, the connection to the coordinator, the reactors and the agents.
package struct WorkerService: Service, CustomStringConvertible {
    /// What a service group logs of it: nothing of its configuration.
    package let description = "WorkerService"
    private let configuration: WorkerConfiguration
    private let http: HTTPService?
    private let logger: Logger

    /// - Parameters:
    ///   - configuration: what the operator says.
    ///   - http: where the worker is shown; somebody else runs it. nil for nowhere.
    ///   - logger: for what happens to the worker.
    package init(configuration: WorkerConfiguration, http: HTTPService? = nil, logger: Logger) {
        self.configuration = configuration
        self.http = http
        self.logger = logger
    }

    /// Runs until the worker has left, or with `endsWithRun` until its run has ended.
    ///
    /// - Throws: ``ApeError`` of code `fleet` when the coordinator cannot be reached or refuses this worker, of code
    ///   `network` where HTTP was asked for and cannot be served.
    package func run() async throws {
        if let address = try await http?.listening() {
            logger.notice("HTTP is served", metadata: ["url": "\(address.url)"])
        }
        let reactors = (0..<configuration.reactors).map { Reactor(name: "ape-reactor-\($0)") }
        defer { for reactor in reactors { reactor.shutdown() } }
        let (jobs, adding) = AsyncStream<WorkerLoop.Job>.makeStream()
        let loop = WorkerLoop(configuration: configuration, reactors: reactors, jobs: adding, logger: logger)
        http?.show(WorkerSite(loop: loop))
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
