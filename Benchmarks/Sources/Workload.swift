import ApeTransfer

/// What a measurement asks for.
struct Workload: Sendable {
    var url: String
    var agents: Int
    /// Measured requests of each agent, after one that opens its connection.
    var rounds: Int
    /// Pause of an agent between its requests.
    var thinkMicros: Int64
    var isStreamed: Bool
    var httpVersion = TransferRequest.Version.http1
    /// The authority that signed the server's certificate; nil for the system's.
    var caFile: String?

    var request: TransferRequest {
        var request = TransferRequest(url: url)
        request.acceptsCompression = false
        request.httpVersion = httpVersion
        request.caFile = caFile
        return request
    }
}

/// Lets every agent wait until all have opened their connections, so that only kept-alive requests are measured.
///
/// Touched on the reactor's thread alone, as are its agents.
final class StartLine: @unchecked Sendable {
    private let expected: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private(set) var usage = Usage.now
    private(set) var startMicros: Int64 = 0

    init(expected: Int) {
        self.expected = expected
    }

    /// Returns once all agents are here.
    nonisolated(nonsending) func arrive() async {
        await withCheckedContinuation { continuation in
            waiting.append(continuation)
            guard waiting.count == expected else { return }
            usage = Usage.now
            startMicros = MonotonicClock.nowMicros
            for agent in waiting { agent.resume() }
        }
    }
}

/// What one agent saw.
struct Tally: Sendable {
    var requests = 0
    var reused = 0
    var errors = 0
    var firstByteMicros: [Int64] = []
}

/// Runs one agent: a request that opens its connection, then the measured ones.
nonisolated(nonsending) func runAgent(_ workload: Workload, on reactor: Reactor, from line: StartLine) async -> Tally {
    let client = TransferClient(reactor: reactor)
    let request = workload.request
    var tally = Tally()
    _ = try? await client.perform(request)
    await line.arrive()
    for round in 0..<workload.rounds {
        if workload.thinkMicros > 0 {
            // The first pause is cut short so that agents spread over the period.
            let pause = round == 0 ? Int64.random(in: 0..<workload.thinkMicros) : workload.thinkMicros
            try? await reactor.sleep(micros: pause)
        }
        do throws(TransferError) {
            let response =
                workload.isStreamed
                ? try await client.stream(request) { _ in .continue } : try await client.perform(request)
            tally.requests += 1
            if response.reusedConnection { tally.reused += 1 }
            tally.firstByteMicros.append(response.firstByteMicros - response.startedMicros)
        } catch {
            tally.errors += 1
        }
    }
    return tally
}
