import ApeTransfer
import Glibc

/// What the process has used so far.
struct Usage {
    var cpuMicros: Int64
    var residentKilobytes: Int

    /// Reads the system's own figures.
    static var now: Usage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let micros = [usage.ru_utime, usage.ru_stime].reduce(0) {
            $0 + Int64($1.tv_sec) * 1_000_000 + Int64($1.tv_usec)
        }
        return Usage(cpuMicros: micros, residentKilobytes: residentKilobytes())
    }

    private static func residentKilobytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let fields = line.prefix { $0 != 0 }.split(separator: CChar(UInt8(ascii: " ")))
        let pages = fields.count > 1 ? String(decoding: fields[1].map(UInt8.init(bitPattern:)), as: UTF8.self) : "0"
        return (Int(pages) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) / 1_024
    }
}

/// What a measurement asks for.
struct Workload: Sendable {
    var url: String
    var agents: Int
    /// Measured requests of each agent, after one that opens its connection.
    var rounds: Int
    /// Pause of an agent between its requests.
    var thinkMicros: Int64
    var isStreamed: Bool

    var request: TransferRequest {
        var request = TransferRequest(url: url)
        request.acceptsCompression = false
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
