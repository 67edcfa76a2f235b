import ApeChannel
import ApeCore
import ApeFleet
import ApeHTTP
import ApeProgram
import ApeReport
import ApeRun
import ApeSite
import ApeStore
import ApeTransfer
import Glibc
import Logging
import ServiceLifecycle
import Synchronization

/// The coordinator's process for one run: the listener, the fleet machine, the store, and at the end the report.
package final class Coordinator: Service {
    private let configuration: CoordinatorConfiguration
    private let logger: Logger
    private let store: RunStore
    private let http: HTTPService?
    private let rights: ControlRights?
    private let result = Mutex<ApeCore.ExitCode>(.fleet)
    private let ending = Mutex(Termination.ends)

    /// Checks what can be checked before anything runs: the report's path, the results directory, the store.
    ///
    /// - Parameters:
    ///   - configuration: the run.
    ///   - http: where the run is shown; somebody else runs it. nil for nowhere.
    ///   - rights: who may control the run there; nil for nobody.
    ///   - logger: for what happens in the fleet.
    /// - Throws: ``ApeError`` that names the path and the way out.
    package init(
        configuration: CoordinatorConfiguration,
        http: HTTPService? = nil,
        rights: ControlRights? = nil,
        logger: Logger
    ) throws {
        self.configuration = configuration
        self.http = http
        self.rights = rights
        self.logger = logger
        try configuration.outputs.check(Files())
        try Files.makeDirectory(configuration.results) { cause in
            ApeError(
                .file,
                "Cannot make the directory \(configuration.results): choose another with --results",
                cause: cause
            )
        }
        store = try RunStore(path: RunStore.path(in: configuration.results))
    }

    /// The verdict as an exit code, once ``run()`` has returned.
    package var exitCode: ApeCore.ExitCode { result.withLock { $0 } }

    /// Says that the shutdown which follows is by SIGTERM.
    package func terminate() { ending.withLock { $0 = configuration.termination } }

    /// Runs to the verdict.
    ///
    /// - Throws: ``ApeError`` when it cannot listen, may not have as many files open as there may be connections, or the
    ///   store fails.
    package func run() async throws {
        let (jobs, adding) = AsyncStream<CoordinatorLoop.Job>.makeStream()
        let scrapers = try configuration.scenario.scrape.map { target throws(ApeError) in try ServerScraper(target) }
        let outbound = Outbound()
        defer { outbound.shutdown() }
        var fleet = try configuration.fleet()
        let connections = Int64(fleet.mostConnections + HTTPService.maximumConnections)
        try OpenFileLimit.demand(own: OpenFileLimit.filesOfProgram + connections)
        let baseline = try await loadBaseline()
        try checkVersion(of: baseline)
        let httpAddress = try await http?.listening()
        let claim = try RunClaim(run: configuration.runID, results: configuration.results)
        defer { withExtendedLifetime(claim) {} }
        let record = try await RunRecord.open(configuration, store: store, now: SteadyClock().now)
        // A run that is taken up goes on with its own seed.
        var settings = configuration
        (settings.seed, fleet.seed) = (record.seed, record.seed)
        let server = try await ControlServer(listeningOn: configuration.listen, tls: configuration.tls)
        var commands: CommandSocket?
        if let path = configuration.commandSocket { commands = try await CommandSocket(path: path) }
        let access = try controlAccess(at: httpAddress)
        defer { access?.withdraw() }
        try announce(server.address, httpAddress, access)
        let loop = CoordinatorLoop(
            configuration: settings,
            fleet: fleet,
            record: record,
            baseline: baseline,
            lastRun: try await LastRun(in: store),
            store: store,
            jobs: adding,
            logger: logger
        )
        let hub = LiveHub(run: configuration.runID, boot: SecureRandom.hex(bytes: 8)) { await loop.livePage() }
        if let httpAddress {
            await loop.show(page: httpAddress.url + "/", link: Self.isPersonThere ? access?.link : nil)
        }
        show(loop, hub)
        let exporter = configuration.otlp.map {
            OTLPExporter($0, inference: configuration.scenario.inference, over: outbound)
        }
        await withGracefulShutdownHandler { [commands] in
            await withDiscardingTaskGroup { group in
                group.addTask { await commands?.run { await SocketCommands(loop: loop, access: access).answer($0) } }
                group.addTask { await self.listen(server, loop) }
                group.addTask { await loop.followSize() }
                group.addTask { await self.pruneRuns() }
                group.addTask { await loop.ask(scrapers, by: outbound) }
                group.addTask { await hub.keepFresh() }
                if let exporter { group.addTask { await exporter.run { await loop.exported(at: nil) } } }
                await loop.handle(.started)
                for await job in jobs { group.addTask { await job() } }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            adding.yield { await loop.end(by: self.ending.withLock { $0 }) }
        }
        var report = await loop.lastReport()
        report.exported = await exporter?.finish(await loop.exported(at: report))
        let conclusion = await loop.conclude(report, showing: hub)
        result.withLock { $0 = conclusion.code }
        await notify(of: conclusion, over: outbound)
        if let error = conclusion.error { throw error }
    }

    /// Tells those who want to know how the run ended; who cannot be told changes nothing about it.
    private func notify(of conclusion: Conclusion, over outbound: Outbound) async {
        guard let settings = configuration.notices else { return }
        let sender = NoticeSender(
            settings: settings,
            perform: { request throws(TransferError) in try await outbound.perform(request) },
            seconds: { SteadyClock<FleetTime>().now.micros / 1_000_000 },
            warn: { StandardError.write("warning: \($0); it is tried again\n") }
        )
        let deliveries = await sender.send(
            VerdictNotice(conclusion.report, files: conclusion.files, job: settings.job),
            id: "msg_\(SecureRandom.hex(bytes: 16))",
            withinMicros: NoticeSender.patienceMicros(conclusion.report.verdict.outcome)
        )
        for delivery in deliveries {
            if let words = delivery.warning { StandardError.write("warning: \(words)\n") }
            guard delivery.failure == nil, configuration.view == .people else { continue }
            StandardOutput.write("notified: \(delivery.place)\n")
        }
    }

    /// Lets go of older runs while this one goes on. What fails there fails no run.
    private func pruneRuns() async {
        guard !configuration.retention.keepsAll else { return }
        do {
            let pruning = try RunPruning(results: configuration.results)
            let now = SteadyClock<FleetTime>().now.micros
            let outdated = try await pruning.outdated(by: configuration.retention, nowMicros: now)
            let pruned = try await pruning.prune(outdated)
            try pruning.close()
            guard !pruned.runs.isEmpty else { return }
            logger.notice(
                "Older runs are deleted",
                metadata: [
                    "runs": "\(pruned.runs.count)", "reports": "\(pruned.reports.count)",
                    "database": "\(ByteText.text(Double(pruned.bytesAfter)))",
                ]
            )
        } catch is CancellationError {
            return
        } catch {
            logger.warning("Older runs cannot be deleted", metadata: ["reason": "\(error)"])
        }
    }

    private func listen(_ server: ControlServer, _ loop: CoordinatorLoop) async {
        do {
            try await server.run(admit: { await loop.admit($0) }, { await loop.serve($0) })
        } catch is CancellationError {
            return
        } catch {
            // The workers that are there stay; its end alone ends nothing.
            logger.error("The listener has broken: no further worker can join", metadata: ["cause": "\(error)"])
        }
    }

    /// How the run is controlled over HTTP; nil where it is not served, or not to be controlled.
    private func controlAccess(at address: HostPort?) throws(ApeError) -> ControlAccess? {
        guard let rights, let address else { return nil }
        return try ControlAccess(rights, at: address, configuration)
    }

    /// From now on there is a run to see.
    private func show(_ loop: CoordinatorLoop, _ hub: LiveHub) {
        let stored = StoredPages(results: configuration.results, store: store, run: configuration.runID)
        let pages = CoordinatorPages(hub: hub, stored: stored)
        http?.show(CoordinatorSite(results: configuration.results, store: store, loop: loop, pages: pages))
    }

    /// Reads what the run will be held against before there is a run: a file where there is one of that name.
    private func loadBaseline() async throws -> ComparableRun? {
        guard let baseline = configuration.baseline else { return nil }
        if Files.exists(baseline) { return try ComparableRun(report: Files.report(baseline), path: baseline) }
        let other = ComparableRun(try await store.archive(ofRun: store.runID(meantBy: baseline)))
        guard other.id != configuration.runID else {
            throw ApeError(.usage, "--baseline \(baseline) is this run itself: name an earlier one")
        }
        return other
    }

    /// Refuses a base whose figures are not those that this run will have.
    private func checkVersion(of baseline: ComparableRun?) throws(ApeError) {
        guard let baseline, !configuration.comparesAnyVersion else { return }
        var own = baseline.origin
        own.measuredBy = .current
        try RunComparison.checkVersions(baseline.origin, own)
    }

    /// Whether what is written to standard error is read by a person alone.
    private static var isPersonThere: Bool { StandardError.isTerminal && getenv("CI") == nil }

    /// Tells where the run can be reached, and in the ready file also what workers need to lend of their hosts' secrets.
    private func announce(_ address: HostPort, _ http: HostPort?, _ access: ControlAccess?) throws {
        if configuration.view != .nothing {
            StandardError.write("run \(configuration.runID): listening for workers on \(address)\n")
            if let http { StandardError.write("health, figures and metrics at \(http.url)/\n") }
            if let access { StandardError.write(access.words(forPerson: Self.isPersonThere)) }
        }
        guard let readyFile = configuration.readyFile else { return }
        let ready: JSONValue = [
            "control": .string(address.description), "http": http.map { .string($0.url) } ?? .null,
            "run": .string(configuration.runID),
            "secrets": .array(configuration.scenario.secrets.map { .string($0.source.flag) }),
        ]
        try Files.write(ready, to: readyFile)
    }
}
