import ApeCore
import ApeProgram
import ApeReport
import ApeRun
import ApeTransfer
import Synchronization

/// Sends a run's figures and the traces of its kept sessions to an OpenTelemetry receiver while the run goes on.
///
/// It never holds the run: it asks for a snapshot, and sends beside it. Figures are sums since the run's beginning, so
/// that what a receiver missed is in the next; traces wait until they were taken.
actor OTLPExporter {
    /// How long the end of a run waits for the last export.
    static let lastMicros: Int64 = 5_000_000
    typealias Perform = @Sendable (TransferRequest) async throws(TransferError) -> TransferResponse

    /// Sessions in one request.
    private static let batch = 32
    /// Sessions that wait at most; the run keeps no more than some thousands.
    private static let greatestWaiting = 4_096

    private let settings: OTLPSettings
    private let inference: Scenario.Inference?
    private let perform: Perform
    private let warn: @Sendable (String) -> Void
    private(set) var account = OTLPAccount()
    private var told: Set<String> = []
    private var waiting: [ExemplarSession] = []
    /// No trace is sent before, by the monotonic clock: the receiver has asked for patience.
    private var patience: [OTLPSettings.Signal: Int64] = [:]
    private var hasWarned = false
    /// Worker names by identity, of the latest snapshot.
    private var names: [String: String] = [:]

    /// - Parameters:
    ///   - settings: where to, and how often.
    ///   - inference: the model's endpoint; nil where every goal is a script.
    ///   - perform: makes a request.
    ///   - warn: told once, when the first export has failed.
    init(
        _ settings: OTLPSettings,
        inference: Scenario.Inference?,
        perform: @escaping Perform,
        warn: @escaping @Sendable (String) -> Void
    ) {
        self.settings = settings
        self.inference = inference
        self.perform = perform
        self.warn = warn
    }

    /// Sends over the coordinator's own connections, and warns on the terminal.
    init(_ settings: OTLPSettings, inference: Scenario.Inference?, over outbound: Outbound) {
        self.init(
            settings,
            inference: inference,
            perform: { request throws(TransferError) in try await outbound.perform(request) },
            warn: { StandardError.write("warning: \($0)\n") }
        )
    }

    /// Exports again and again until it is cancelled.
    func run(_ snapshot: @Sendable () async -> RunSnapshot) async {
        while (try? await Task.sleep(for: .microseconds(settings.intervalMicros))) != nil {
            await export(await snapshot())
        }
    }

    /// Exports a last time, for some seconds at most.
    ///
    /// - Returns: what became of all exports.
    func finish(_ snapshot: RunSnapshot) async -> OTLPAccount {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.export(snapshot, isLast: true) }
            group.addTask { try? await Task.sleep(for: .microseconds(Self.lastMicros)) }
            await group.next()
            group.cancelAll()
        }
        account.sessionsLost += Int64(waiting.count)
        return account
    }

    private func export(_ snapshot: RunSnapshot, isLast: Bool = false) async {
        take(snapshot)
        let origin = origin(snapshot)
        if let endpoint = settings.endpoints[.metrics], isLast || isPatient(.metrics) {
            var sink = OTLPMetricSink(startMicros: snapshot.createdMicros, nowMicros: snapshot.nowMicros)
            snapshot.add(to: &sink)
            _ = await send(origin.request(sink.metrics), .metrics, to: endpoint, isLast: isLast)
        }
        guard let endpoint = settings.endpoints[.traces], isLast || isPatient(.traces) else { return }
        let traces = OTLPTraces(origin: origin, inference: inference) { [names] in names[$0] ?? $0 }
        while !waiting.isEmpty, !Task.isCancelled {
            let part = waiting.prefix(Self.batch)
            switch await send(traces.request(Array(part)), .traces, to: endpoint, isLast: isLast) {
            case .taken: account.sessionsSent += Int64(part.count)
            case .refused: account.sessionsLost += Int64(part.count)
            case .later: return
            }
            waiting.removeFirst(part.count)
        }
    }

    /// Takes in the sessions that are kept since the last time.
    private func take(_ snapshot: RunSnapshot) {
        names = snapshot.ledger.workers.mapValues(\.facts.name)
        guard settings.endpoints[.traces] != nil else { return }
        for exemplar in snapshot.ledger.exemplars.all {
            guard let trace = exemplar.traceID, told.insert(trace).inserted else { continue }
            if waiting.count < Self.greatestWaiting { waiting.append(exemplar) } else { account.sessionsLost += 1 }
        }
    }

    private func origin(_ snapshot: RunSnapshot) -> OTLPOrigin {
        var origin = OTLPOrigin(run: snapshot.run, scenario: snapshot.scenarioName)
        origin.resource.set("host.name", HostEnvironment.hostName)
        for (name, value) in settings.resource { origin.resource.set(name, value) }
        return origin
    }

    private func isPatient(_ signal: OTLPSettings.Signal) -> Bool {
        MonotonicClock.nowMicros >= patience[signal] ?? 0
    }

    private enum Fate { case taken, refused, later }

    /// Sends one request, and at the run's end tries once more where that may help.
    private func send(
        _ message: OTLPMessage,
        _ signal: OTLPSettings.Signal,
        to endpoint: OTLPSettings.Endpoint,
        isLast: Bool
    ) async -> Fate {
        let request = endpoint.request(message)
        var answer = await ask(request)
        if isLast, case .later(let reason, let after)? = answer {
            let wait = min(after ?? 500_000, 2_000_000)
            guard (try? await Task.sleep(for: .microseconds(wait))) != nil else {
                fail(reason, endpoint)
                return .later
            }
            answer = await ask(request)
        }
        guard let answer else {
            if isLast { fail("no answer came before the run's end", endpoint) }
            return .later
        }
        switch answer {
        case .taken(let rejected, let words):
            account.sent += 1
            if rejected > 0 {
                account.rejected += rejected
                fail(
                    "\(rejected) \(signal == .metrics ? "points" : "spans") were rejected: \(words)",
                    endpoint,
                    isLost: false
                )
            }
            return .taken
        case .refused(let reason):
            fail(reason, endpoint)
            return .refused
        case .later(let reason, let after):
            if let after { patience[signal] = MonotonicClock.nowMicros + min(after, 600_000_000) }
            fail(reason, endpoint)
            return .later
        }
    }

    /// What came of a request; nil where it was cancelled.
    private func ask(_ request: TransferRequest) async -> OTLPAnswer? {
        do throws(TransferError) {
            return OTLPAnswer(try await perform(request))
        } catch {
            return error.kind == .cancelled ? nil : .later(reason: error.message, afterMicros: nil)
        }
    }

    private func fail(_ reason: String, _ endpoint: OTLPSettings.Endpoint, isLost: Bool = true) {
        let words = "\(PlainText.line(reason.cut(to: 300))) (\(endpoint.url))"
        account.lastError = words
        if isLost { account.lost += 1 }
        guard !hasWarned else { return }
        hasWarned = true
        warn("OTLP: \(words); the run goes on, and its report tells how many exports were lost")
    }
}

extension OTLPSettings.Endpoint {
    /// A request that carries a message.
    func request(_ message: OTLPMessage) -> TransferRequest {
        var request = TransferRequest(method: "POST", url: url)
        request.headers = [("Content-Type", isJSON ? "application/json" : "application/x-protobuf")]
        let own = Set(["content-type", "content-length", "host", "transfer-encoding"])
        request.headers += headers.filter { !own.contains($0.name.lowercased()) }.map { ($0.name, $0.value) }
        request.body = RequestBody(isJSON ? message.json.utf8 : message.protobuf)
        request.connectTimeoutMicros = min(request.connectTimeoutMicros, timeoutMicros)
        request.firstByteTimeoutMicros = timeoutMicros
        request.totalTimeoutMicros = timeoutMicros
        // Headers may carry a key: it goes nowhere else.
        request.maxRedirects = 0
        request.bodyLimit = OTLPAnswer.bodyLimit
        request.caFile = caFile
        request.clientCertificate = certificate
        request.clientKey = key
        request.userAgent = "ape-coordinator/\(ApeVersion.text) OTLP"
        return request
    }
}
