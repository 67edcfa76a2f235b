import ApeCore
import ApeTransfer

/// How a run goes, by its coordinator's pages.
struct FleetStatus: Sendable {
    /// `/api/v1/runs/{id}` with the `workers` of `/api/v1/workers`.
    var json: JSONValue

    /// Asks a coordinator.
    ///
    /// - Parameter url: its HTTP, without a trailing slash.
    /// - Returns: the run that goes on there.
    /// - Throws: ``ApeError`` of code `network` where nobody answers, or not as a coordinator does.
    static func fetch(from url: String) async throws(ApeError) -> FleetStatus {
        let workers = try await page(url + "/api/v1/workers")
        guard let run = workers["run"]?.string else {
            throw ApeError(.network, "\(url) is not the HTTP of a coordinator")
        }
        var members = try await page(url + "/api/v1/runs/" + run).object ?? [:]
        members["workers"] = workers["workers"] ?? []
        return FleetStatus(json: .object(members))
    }

    private static func page(_ url: String) async throws(ApeError) -> JSONValue {
        let reactor = Reactor(name: "ape-status")
        defer { reactor.shutdown() }
        var request = TransferRequest(url: url)
        request.connectTimeoutMicros = 5_000_000
        request.totalTimeoutMicros = 10_000_000
        request.bodyLimit = 16 << 20
        let client = TransferClient(reactor: reactor)
        let asking = Task(executorPreference: reactor) { [request] () -> Result<TransferResponse, TransferError> in
            do throws(TransferError) { return .success(try await client.perform(request)) } catch {
                return .failure(error)
            }
        }
        switch await asking.value {
        case .failure(let error):
            throw ApeError(.network, "No coordinator answers at \(url)", cause: error.message)
        case .success(let response):
            guard response.status == 200, let json = try? JSONValue(parsing: response.body) else {
                throw ApeError(.network, "\(url) answers with status \(response.status)")
            }
            return json
        }
    }

    /// A few lines for people.
    var text: TerminalText {
        let progress = json["progress"]
        func number(_ name: String) -> Int64 { progress?[name]?.integer ?? 0 }
        var lines = [
            "run \(json["run"]?.string ?? "") of \(json["is_demo"]?.bool == true ? "the embedded demo" : json["scenario"]?.string ?? "")",
            "phase    \(progress?["phase"]?.string ?? "starting")",
            "agents   \(number("active_agents")) active of \(number("target_agents"))",
            "workers  \(number("connected_workers")) connected of \(number("expected_workers"))",
            "MTBA     \(seconds("gap"))   TTFT \(seconds("ttft"))",
            "sessions \(sessions)",
        ]
        for worker in json["workers"]?.array ?? [] { lines.append(Self.line(worker)) }
        return TerminalText(lines: lines)
    }

    /// The mean of a series over the whole run.
    private func seconds(_ series: String) -> String {
        guard let mean = json["series"]?[series]?["mean_seconds"]?.number else { return "-" }
        return "\((mean * 1000).rounded() / 1000) s"
    }

    private var sessions: String {
        let counters = json["counters"]?.object ?? [:]
        let good = counters["sessions_successful_stateful"]?.integer ?? 0
        let failed = counters.filter { $0.key.hasPrefix("sessions_failed{") }.reduce(Int64(0)) {
            $0.addingClamped($1.value.integer ?? 0)
        }
        let all = (counters["sessions_succeeded"]?.integer ?? 0).addingClamped(failed)
        return all <= 0
            ? "none completed yet" : "\(Int64(saturating: Double(good) / Double(all) * 100)) % of \(all) good"
    }

    private static func line(_ worker: JSONValue) -> String {
        let name = (worker["name"]?.string ?? "").padded(to: 16)
        let standing = (worker["standing"]?.string ?? "").padded(to: 10)
        guard let latest = worker["latest"], latest != .null else { return "  \(name) \(standing)" }
        let agents = latest["active_agents"]?.integer ?? 0
        let cpu = Int(saturating: (latest["process_cpu_percent"]?.number ?? 0).rounded())
        let megabytes = (latest["process_memory_bytes"]?.integer ?? 0) >> 20
        return "  \(name) \(standing) \(agents) agents, CPU \(cpu) %, \(megabytes) MB"
    }
}
