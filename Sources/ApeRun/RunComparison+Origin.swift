import ApeCore

extension RunComparison {
    /// Refuses to compare runs whose figures are not the same figures.
    ///
    /// - Parameters:
    ///   - base: who measured one of them.
    ///   - run: who measured the other.
    /// - Throws: ``ApeError`` of code `usage` for unlike measurement versions. A run of before there were any is unlike
    ///   one that has one.
    package static func checkVersions(_ base: RunOrigin, _ run: RunOrigin) throws(ApeError) {
        let (one, other) = (base.measuredBy?.definitions, run.measuredBy?.definitions)
        guard one != other else { return }
        throw ApeError(
            .usage,
            "The runs were measured by unlike definitions: the base by \(words(base)), the run by \(words(run)). Measure the "
                + "base again with this version, or compare all the same with --any-version"
        )
    }

    /// What measured a run, for people.
    static func words(_ origin: RunOrigin) -> String {
        guard let version = origin.measuredBy else { return "a version of APE that did not number them" }
        return "measurement version \(version.definitions) of APE \(version.software)"
    }

    /// What of the runs' origins differs, a sentence each.
    static func cautions(_ base: RunOrigin, _ run: RunOrigin) -> [String] {
        var cautions: [String] = []
        if base.measuredBy?.definitions != run.measuredBy?.definitions {
            cautions.append(
                "The runs were measured by unlike definitions: the base by \(words(base)), the run by \(words(run))."
            )
        } else if base.measuredBy == nil {
            cautions.append("Neither run says by which definitions it was measured.")
        }
        if let one = base.scenarioHash, let other = run.scenarioHash, one != other {
            cautions.append("The scenarios differ: \(one.prefix(12)) in the base, \(other.prefix(12)) in the run.")
        }
        if let one = base.planHash, let other = run.planHash, one != other {
            let (base, run) =
                base.plan == run.plan ? (one.prefix(12) + "", other.prefix(12) + "") : (base.plan, run.plan)
            cautions.append("The plans differ: \(base) in the base; \(run) in the run.")
        }
        if !base.hosts.isEmpty, !run.hosts.isEmpty, base.places != run.places {
            cautions.append("The workers' hosts differ: \(base.placesText) in the base; \(run.placesText) in the run.")
        }
        return cautions
    }
}

extension RunOrigin {
    /// What the workers ran on and what they were, whatever they were called.
    fileprivate var places: [String] {
        hosts.map { "\($0.host) \($0.kind) \($0.version)" }.sorted()
    }

    fileprivate var placesText: String {
        let names = Set(hosts.map(\.host)).sorted()
        let more = names.count > 3 ? " and \(names.count - 3) more" : ""
        let versions = workersByVersion.map(\.version).filter { !$0.isEmpty }.joined(separator: " and ")
        return "\(hostsText) on \(names.prefix(3).joined(separator: ", "))\(more)"
            + (versions.isEmpty ? "" : " (\(versions))")
    }
}
