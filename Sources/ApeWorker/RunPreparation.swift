import ApeAgent
import ApeCore
import ApeInference
import ApeProgram
import ApeTransfer
import ApeWire

/// Makes a worker ready for a run, or finds out why it cannot be: everything that would fail every session is said
/// before the first one starts.
struct RunPreparation: Sendable {
    /// How long a target or an inference endpoint may take to accept a connection.
    static let connectTimeoutMicros: Int64 = 10_000_000

    var allowList: AllowList
    var keyList: KeyAllowList
    /// The proxy where the scenario names none.
    var proxy: String?
    var reactor: Reactor

    /// Reads and checks everything that a run needs on this host.
    ///
    /// - Throws: ``ApeError`` whose code tells the coordinator what is wrong: `scenario`, `api_key`, `not_allowed` or
    ///   `unreachable`.
    func prepare(_ prepare: Prepare) async throws(ApeError) -> (scenario: Scenario, apiKey: Secret?) {
        var scenario: Scenario
        let apiKey: Secret?
        do throws(ApeError) {
            scenario = try Scenario(document: prepare.scenario)
        } catch {
            throw ApeError(.scenario, error.message)
        }
        try keyList.check(scenario)
        do throws(ApeError) {
            apiKey = try scenario.inference?.apiKey.map { source throws(ApeError) in Secret(try source.read()) }
        } catch {
            throw ApeError(.apiKey, error.message)
        }
        for index in scenario.targets.indices { scenario.targets[index].proxy = scenario.targets[index].proxy ?? proxy }
        if let own = scenario.inference?.proxy ?? proxy { scenario.inference?.proxy = own }
        for target in scenario.targets {
            try await reach("target \(target.name)", TransferRequest(to: target))
        }
        if let endpoint = scenario.inference {
            try await reach("the inference endpoint", TransferRequest(to: endpoint))
        }
        return (scenario, apiKey)
    }

    /// The gate that every connection of the run passes. A scenario's proxy is judged as its targets are; the worker's
    /// own is its operator's word.
    var gate: TransferGate {
        let ownProxy = proxy.flatMap { ProxyAddress($0) }
        return { [allowList] host, port, peer in
            switch peer {
            case .ip(let bytes, _): allowList.allows(host: host, port: port, address: IPAddress(octets: bytes))
            case .throughProxy: allowList.allows(host: host, port: port, address: nil)
            case .proxy(let bytes, _):
                ownProxy.map { $0.host == host && $0.port == port } ?? false
                    || allowList.allows(host: host, port: port, address: IPAddress(octets: bytes))
            }
        }
    }

    private func reach(_ what: String, _ request: TransferRequest) async throws(ApeError) {
        var request = request
        request.connectsOnly = true
        request.connectTimeoutMicros = Self.connectTimeoutMicros
        request.firstByteTimeoutMicros = Self.connectTimeoutMicros
        request.totalTimeoutMicros = Self.connectTimeoutMicros
        request.gate = gate
        let client = TransferClient(reactor: reactor)
        let probe = Task(executorPreference: reactor) { [request] () -> TransferError? in
            do throws(TransferError) {
                _ = try await client.perform(request)
                return nil
            } catch {
                return error
            }
        }
        guard let error = await probe.value else { return }
        if error.kind == .notAllowed {
            throw ApeError(
                .notAllowed,
                "\(what) at \(request.url) is not on this worker's list: \(error.message); start the worker with "
                    + "--allow-target for that host, or for its address where that is loopback or link-local"
            )
        }
        throw ApeError(.unreachable, "\(what) at \(request.url) cannot be reached: \(error.message)")
    }
}

extension ApeError.Code {
    /// The key of the inference endpoint cannot be read.
    fileprivate static let apiKey = Self(rawValue: "api_key")
    /// The worker's lists do not cover a host (`--allow-target`) or a secret (`--allow-key-env`, `--allow-key-file`).
    static let notAllowed = Self(rawValue: "not_allowed")
    /// A target or the inference endpoint accepts no connection.
    fileprivate static let unreachable = Self(rawValue: "unreachable")
}
