import ApeCore
import ApeRun

extension RunSeal {
    /// The seal as it stands in reports; what is not known is null.
    var json: JSONValue {
        [
            "ape_version": origin.measuredBy.map { .string($0.software) } ?? .null,
            "measurement_version": origin.measuredBy.map { .integer(Int64($0.definitions)) } ?? .null,
            "scenario_hash": origin.scenarioHash.map { .string(RunOrigin.short($0)) } ?? .null,
            "scenario_sha256": origin.scenarioHash.map { .string($0) } ?? .null,
            // A seed has 64 bits, which a JSON number does not carry everywhere.
            "seed": .string(String(seed)),
            "plan": [
                "text": .string(origin.plan), "sha256": origin.planHash.map { .string($0) } ?? .null,
            ],
            "hosts": .array(origin.hosts.map(\.json)),
            "worker_versions_alike": origin.hosts.isEmpty ? .null : .bool(origin.workersByVersion.count == 1),
            "accounting_residual_percent": residualPercent.map { .number($0) } ?? .null,
            "generator_share_percent": generatorShare.map { .number(100 * $0) } ?? .null,
            "in_flight": [
                "all_holds": inFlight?.json ?? .null, "largest_stage": inFlightAtPeak?.json ?? .null,
                "largest_stage_name": peakStage.map { .string($0) } ?? .null,
            ],
            "prompts": prompts?.json ?? .null,
        ]
    }
}

extension RunSeal.InFlight {
    fileprivate var json: JSONValue { ["requests": .number(requests), "users": .number(users)] }
}

extension RunSeal.Prompts {
    fileprivate var json: JSONValue {
        [
            "decisions": .integer(decisions), "counted": .integer(counted), "distinct": .integer(distinct),
            "is_exact": .bool(isExact), "distinct_share": .number(share),
        ]
    }
}

extension RunOrigin.Host {
    fileprivate var json: JSONValue {
        [
            "worker": .string(name), "host": .string(host), "cpus": .integer(Int64(cpus)),
            "memory_bytes": .integer(memoryBytes), "version": .string(version),
        ]
    }

    fileprivate init?(_ json: JSONValue) {
        guard let name = json["worker"]?.string, let host = json["host"]?.string, let version = json["version"]?.string
        else { return nil }
        self.init(
            name: name,
            host: host,
            cpus: Int(clamping: json["cpus"]?.integer ?? 0),
            memoryBytes: json["memory_bytes"]?.integer ?? 0,
            version: version
        )
    }
}

extension RunOrigin {
    /// The beginning of a hash, for people: enough to tell a handful of scenarios apart.
    static func short(_ hash: String) -> String { String(hash.prefix(12)) }

    /// Reads a report's seal; a report of before there was one says nothing.
    init(seal: JSONValue?) {
        var measuredBy: MeasuringVersion?
        if let software = seal?["ape_version"]?.string, let number = seal?["measurement_version"]?.integer {
            measuredBy = MeasuringVersion(software: software, definitions: Int(clamping: number))
        }
        self.init(
            measuredBy: measuredBy,
            scenarioHash: seal?["scenario_sha256"]?.string,
            plan: seal?["plan"]?["text"]?.string ?? "",
            planHash: seal?["plan"]?["sha256"]?.string,
            hosts: (seal?["hosts"]?.array ?? []).compactMap(Host.init)
        )
    }
}
