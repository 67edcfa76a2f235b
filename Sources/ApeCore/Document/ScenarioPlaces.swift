/// Where in a scenario's file its parts stand, for those who point at them. Lines are counted from 1.
package struct ScenarioPlaces: Sendable, Equatable {
    /// The file's path as the user gave it.
    package var file: String
    /// The lines of the keys in `kpi_targets`.
    package var kpiTargets: [KPIKey: Int] = [:]
    /// The lines of the goals, by name.
    package var goals: [String: Int] = [:]
    /// The lines of the plan's stages, by name.
    package var stages: [String: Int] = [:]

    package init(file: String) {
        self.file = file
    }
}

extension ScenarioPlaces {
    /// The places in a document that has been read without a problem.
    ///
    /// - Parameters:
    ///   - root: the whole document.
    ///   - file: its path.
    ///   - plan: the plan that was read from it, for the names that its stages have.
    init(_ root: DocumentNode, file: String, plan: Plan?) {
        self.init(file: file)
        for (name, line) in root[RootKey.kpiTargets]?.lines ?? [] {
            if let key = KPIKey(rawValue: name) { kpiTargets[key] = line }
        }
        goals = Dictionary(root[RootKey.goals]?.lines ?? []) { first, _ in first }
        guard case .list(let items)? = root[RootKey.plan]?.content, let plan, items.count == plan.stages.count else {
            return
        }
        for (item, stage) in zip(items, plan.stages) { stages[stage.name] = item.location?.line }
    }
}

extension DocumentNode {
    /// The value of a root key; nil without one.
    fileprivate subscript(_ key: RootKey) -> DocumentNode? {
        guard case .map(let members) = content else { return nil }
        return members.first { $0.key == key.rawValue }?.value
    }

    /// The keys of a map with their lines; none for what is no map.
    fileprivate var lines: [(String, Int)] {
        guard case .map(let members) = content else { return [] }
        return members.compactMap { member in member.keyLocation.map { (member.key, $0.line) } }
    }
}
