import ApeTransfer

/// What a measurement of bare transfers asks for.
struct Workload: Sendable {
    var url: String
    var agents: Int
    /// Measured requests of each agent, after one that opens its connection.
    var rounds: Int
    /// The bytes of every answer: another size is another server's.
    var answerBytes: Int
    /// Bytes that each request sends.
    var bodyBytes: Int
    var isStreamed: Bool
    var httpVersion = TransferRequest.Version.http1
    /// The authority that signed the server's certificate; nil for the system's.
    var caFile: String?

    /// - Throws: ``BenchmarkFault`` for what is missing, or cannot be.
    init(_ settings: Settings) throws(BenchmarkFault) {
        url = try settings.text("url")
        agents = try settings.number("agents", in: 1...100_000)
        rounds = try settings.number("rounds", in: 1...10_000_000)
        answerBytes = try settings.number("bytes", in: 0...1_000_000_000)
        bodyBytes = try settings.number("body_bytes", in: 0...1_000_000, usual: 0)
        isStreamed = try settings.choice("kind", of: ["get", "stream"]) == "stream"
        httpVersion = try settings.choice("http", of: ["1", "2"]) == "1" ? .http1 : .automatic
        caFile = settings["ca_file"]
    }

    var request: TransferRequest {
        var request = TransferRequest(url: url)
        request.acceptsCompression = false
        request.httpVersion = httpVersion
        request.caFile = caFile
        guard bodyBytes > 0 else { return request }
        request.method = "POST"
        request.headers = [("Content-Type", "application/json"), ("Accept", "text/event-stream")]
        request.body = RequestBody([UInt8](repeating: UInt8(ascii: "x"), count: bodyBytes))
        return request
    }
}

/// What one agent saw.
struct Tally: Sendable {
    var requests = 0
    var reused = 0
    /// The first answer that is not the served one.
    var fault: String?

    mutating func add(_ other: Tally) {
        requests += other.requests
        reused += other.reused
        fault = fault ?? other.fault
    }
}

/// Lets every agent wait until all have opened their connections, so that only kept-alive requests are measured.
///
/// Touched on the reactor's thread alone, as are its agents.
final class StartLine: @unchecked Sendable {
    private let expected: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private let meter: UsageMeter
    /// What was used when all were here; nil before.
    private(set) var usage: Result<Usage, BenchmarkFault>?

    init(expected: Int, meter: UsageMeter) {
        self.expected = expected
        self.meter = meter
    }

    /// Returns once all agents are here.
    nonisolated(nonsending) func arrive() async {
        await withCheckedContinuation { continuation in
            waiting.append(continuation)
            guard waiting.count == expected else { return }
            usage = Result { () throws(BenchmarkFault) in try meter.now }
            for agent in waiting { agent.resume() }
        }
    }
}

/// Runs one agent: a request that opens its connection, then the measured ones.
nonisolated(nonsending) func runAgent(_ workload: Workload, on reactor: Reactor, from line: StartLine) async -> Tally {
    let client = TransferClient(reactor: reactor)
    let request = workload.request
    var tally = Tally()
    tally.fault = await exchange(workload, request, client).fault
    await line.arrive()
    for _ in 0..<workload.rounds where tally.fault == nil { tally.add(await exchange(workload, request, client)) }
    return tally
}

private nonisolated(nonsending) func exchange(
    _ workload: Workload,
    _ request: TransferRequest,
    _ client: TransferClient
) async -> Tally {
    do throws(TransferError) {
        let response: TransferResponse
        var bytes = 0
        if workload.isStreamed {
            response = try await client.stream(request) {
                bytes += $0.count
                return .continue
            }
        } else {
            response = try await client.perform(request)
            bytes = response.bodyBytes
        }
        guard response.status == 200, bytes == workload.answerBytes else {
            let found = "status \(response.status) and \(bytes) bytes"
            return Tally(fault: "\(request.url) answers with \(found), and 200 and \(workload.answerBytes) are served")
        }
        return Tally(requests: 1, reused: response.reusedConnection ? 1 : 0)
    } catch {
        return Tally(fault: "\(request.url) gives no answer: \(error.message)")
    }
}
