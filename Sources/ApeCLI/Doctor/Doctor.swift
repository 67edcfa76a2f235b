import ApeAgent
import ApeChannel
import ApeCore
import ApeInference
import ApeProgram
import ApeTransfer
import Glibc

/// Looks at everything that a run needs, one thing after the other.
struct Doctor: Sendable {
    var agents: Int
    var results: String
    var scenario: ReadScenario?
    var coordinator: CoordinatorProbe?
    var reactor: Reactor
    /// Told what is being looked at.
    var progress: @Sendable (String) -> Void

    func findings() async -> [Finding] {
        var findings = host()
        findings.append(DiskSpace.finding(results: results))
        let freeBytes = DiskSpace.freeBytes(results: results)
        if let runs = await RunsOnDisk.finding(results: results, freeBytes: freeBytes) { findings.append(runs) }
        if let scenario {
            findings += scenario.warnings.map { Finding("scenario", .warning, "\($0)") }
            for target in scenario.scenario.targets { findings += await look(at: target) }
            if let inference = scenario.scenario.inference {
                findings += await look(at: inference, of: scenario.scenario)
            }
            for target in scenario.scenario.scrape {
                progress("server \(target.name)")
                findings += await ServerProbe(target: target).findings(reactor: reactor)
            }
            findings += Self.allowTargets(scenario.scenario) + Self.allowKeys(scenario.scenario)
        }
        if let coordinator {
            progress("the coordinator")
            findings += await coordinator.findings(nowSeconds: Self.now)
        }
        return findings
    }

    private func host() -> [Finding] {
        let connections = scenario.map { $0.scenario.targets.count + ($0.scenario.inference == nil ? 0 : 1) } ?? 2
        let needs = HostNeeds(agents: agents, connectionsPerAgent: connections)
        var findings = HostCheck(HostState.current(), needs).findings
        do throws(ApeError) {
            _ = try ProgramLocator.worker()
        } catch {
            findings.append(Finding("programs", .fault, "\(error).", fix: ["make install"]))
        }
        return findings
    }

    private func look(at target: Scenario.Target) async -> [Finding] {
        progress("target \(target.name)")
        guard let url = try? BaseURL(target.baseURL) else { return [] }
        let judgement = EndpointJudgement(
            check: "target.\(target.name)",
            name: "The target \(target.name)",
            url: url,
            caKey: "targets.\(target.name).ca_file"
        )
        var request = TransferRequest(to: target)
        request.url += "/"
        let probe = EndpointProbe(request)
        return judgement.findings(await probe.ask(reactor: reactor), nowSeconds: Self.now)
    }

    /// An endpoint may repeat the key that it was asked with.
    private func look(at inference: Scenario.Inference, of scenario: Scenario) async -> [Finding] {
        let key = try? inference.apiKey.map { source throws(ApeError) in Secret(try source.read()) }
        let mask = SecretMask(scenario, apiKey: key)
        return await judged(inference, of: scenario).map { $0.masked(by: mask) }
    }

    private func judged(_ inference: Scenario.Inference, of scenario: Scenario) async -> [Finding] {
        progress("the model")
        guard let url = try? BaseURL(inference.baseURL) else { return [] }
        var findings: [Finding] = []
        var key: Secret?
        do throws(ApeError) {
            key = try inference.apiKey.map { source throws(ApeError) in Secret(try source.read()) }
        } catch {
            findings.append(Finding("inference.api_key", .fault, "\(error).", fix: ["set it on every worker's host"]))
        }
        if url.isSecure {
            let judgement = EndpointJudgement(
                check: InferenceJudgement.check,
                name: "the inference endpoint",
                url: url,
                caKey: "inference.ca_file"
            )
            let probe = EndpointProbe(TransferRequest(to: inference))
            let seen = judgement.findings(await probe.ask(reactor: reactor), nowSeconds: Self.now)
            findings += seen.filter { $0.check.hasSuffix(".certificate") }
        }
        // Without its key the endpoint would only repeat what has just been said.
        guard findings.allSatisfy({ $0.level != .fault }) else { return findings }
        do throws(ApeError) {
            let trial = try await InferenceTrial.ask(scenario, apiKey: key, reactor: reactor)
            findings += InferenceJudgement(inference: inference, url: url).findings(trial)
            guard case .success(let answer) = trial.result else { return findings }
            let list = await ModelList.ask(inference, apiKey: key, reactor: reactor)
            findings += list?.findings(scenario, promptTokens: answer.steps.first?.usage?.prompt) ?? []
        } catch {
            findings.append(Finding(InferenceJudgement.check, .fault, "\(error)."))
        }
        return findings
    }

    /// What workers have to be told before they load other hosts than their own.
    static func allowTargets(_ scenario: Scenario) -> [Finding] {
        let urls = scenario.targets.map(\.baseURL) + (scenario.inference.map { [$0.baseURL] } ?? [])
        let hosts = urls.compactMap { try? BaseURL($0) }.map(\.host)
            .filter { !HostPort(host: $0, port: 0).isLoopback }
        guard !hosts.isEmpty else { return [] }
        let flags = Set(hosts).sorted().map { "--allow-target \($0)" }.joined(separator: " ")
        return [Finding("allow_target", .note, "Workers load other hosts only where they are told to: \(flags)")]
    }

    /// What workers have to be told before they lend a scenario their host's keys.
    static func allowKeys(_ scenario: Scenario) -> [Finding] {
        let flags = scenario.secrets.map(\.source.flag).joined(separator: " ")
        guard !flags.isEmpty else { return [] }
        return [Finding("allow_key", .note, "Workers lend their host's keys only where they are told to: \(flags)")]
    }

    private static var now: Int64 { Int64(time(nil)) }
}
