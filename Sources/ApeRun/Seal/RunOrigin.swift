import ApeCore

/// Who measured a run, of what, and where: runs of unlike origin may differ for that alone.
package struct RunOrigin: Sendable, Equatable {
    /// nil where the run was measured before this was written down.
    package var measuredBy: MeasuringVersion?
    /// SHA-256 of the scenario's canonical document in 64 hexadecimal digits; nil where it is not known.
    package var scenarioHash: String?
    /// The plan in a few words; empty where it is not known.
    package var plan: String
    /// SHA-256 of the plan in 64 hexadecimal digits; nil where it is not known.
    package var planHash: String?
    /// The workers, by name; empty where none is known.
    package var hosts: [Host]

    package init(
        measuredBy: MeasuringVersion?,
        scenarioHash: String?,
        plan: String,
        planHash: String?,
        hosts: [Host]
    ) {
        self.measuredBy = measuredBy
        self.scenarioHash = scenarioHash
        self.plan = plan
        self.planHash = planHash
        self.hosts = hosts
    }

    /// A worker and what it ran on, as it said itself.
    package struct Host: Sendable, Equatable {
        /// The worker's name.
        package var name: String
        package var host: String
        package var cpus: Int
        package var memoryBytes: Int64
        /// The worker's software, such as `0.1.0`.
        package var version: String

        package init(name: String, host: String, cpus: Int, memoryBytes: Int64, version: String) {
            self.name = name
            self.host = host
            self.cpus = cpus
            self.memoryBytes = memoryBytes
            self.version = version
        }
    }
}

extension StoredRun {
    /// SHA-256 of the scenario's canonical document in 64 hexadecimal digits.
    package var scenarioHash: String { RunOrigin.scenarioHash(of: scenario, isDemo: isDemo) }
}

extension RunOrigin {
    /// The hash of a scenario's document.
    ///
    /// - Parameters:
    ///   - document: the scenario's canonical document.
    ///   - isDemo: whether it is the embedded demo's. The ports that its processes get are others in each run, and none of
    ///     its own: they are left out.
    /// - Returns: SHA-256 in 64 hexadecimal digits.
    package static func scenarioHash(of document: JSONValue, isDemo: Bool) -> String {
        guard isDemo else { return document.sha256 }
        return JSONValue.string(document.text.replacing(/127\.0\.0\.1:[0-9]+/, with: "127.0.0.1")).sha256
    }

    /// The origin of a run whose account is at hand.
    package init(measuredBy: MeasuringVersion?, scenarioHash: String?, _ ledger: RunLedger) {
        self.init(
            measuredBy: measuredBy,
            scenarioHash: scenarioHash,
            plan: ledger.plan.summary,
            planHash: ledger.plan.sha256,
            hosts: ledger.sortedWorkers.map { worker in
                let facts = worker.facts
                return Host(
                    name: facts.name,
                    host: facts.host,
                    cpus: facts.cpus,
                    memoryBytes: facts.memoryBytes,
                    version: facts.version
                )
            }
        )
    }

    /// The versions of the workers' software with the names of those that run each, by version; one for a fleet that is of
    /// one version throughout.
    package var workersByVersion: [(version: String, names: [String])] {
        Dictionary(grouping: hosts, by: \.version).sorted { $0.key < $1.key }.map { ($0.key, $0.value.map(\.name)) }
    }

    /// The workers' hosts in a few words, such as `2 workers with 4 CPUs and 8.0 GiB each`.
    package var hostsText: String {
        guard !hosts.isEmpty else { return "no workers" }
        let kinds = Dictionary(grouping: hosts, by: \.kind).sorted {
            ($1.value.count, $0.key) < ($0.value.count, $1.key)
        }
        let named = kinds.prefix(Self.namedKinds).map { kind, hosts in
            "\(hosts.count.counting("worker")) with \(kind)\(hosts.count > 1 ? " each" : "")"
        }
        let rest = kinds.dropFirst(Self.namedKinds).reduce(0) { $0 + $1.value.count }
        return (named + (rest > 0 ? ["\(rest.counting("worker")) of other kinds"] : [])).joined(separator: ", ")
    }

    private static let namedKinds = 3
}

extension RunOrigin.Host {
    /// What it has, in a few words.
    var kind: String {
        guard cpus > 0, memoryBytes > 0 else { return "unknown hosts" }
        return "\(cpus.counting("CPU")) and \(Decimals.text(Double(memoryBytes) / 1_073_741_824, places: 1)) GiB"
    }
}
