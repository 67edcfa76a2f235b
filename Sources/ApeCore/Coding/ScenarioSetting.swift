/// One key of a map in a scenario, declared once: reading, writing, the list of known keys and the check of
/// `docs/scenario.md` go by it.
struct ScenarioSetting<Map: Sendable>: Sendable {
    let key: String
    /// The columns of its row in `docs/scenario.md`. The default is nil where it is what a new map has.
    let type: String
    let usual: String?
    let limits: String
    let meaning: String
    /// What is said where the key is missing; nil where it may be.
    let demand: String?
    /// Reads the key's value into the map, or says what is wrong with it.
    let read: @Sendable (inout ScenarioDecoder, ScenarioField, inout Map) -> Void
    /// The key's value; nil leaves the key out.
    let write: @Sendable (Map) -> JSONValue?
}

extension ScenarioSetting {
    /// A key that stands for one property.
    ///
    /// - Parameters:
    ///   - key: as the file has it.
    ///   - property: what it sets.
    ///   - codec: how its value is written in the file.
    ///   - limits: what the documentation says of its limits, unless the codec says it.
    ///   - demand: what is said where the key is missing; nil where it may be.
    ///   - usual: what the documentation says of its default, unless that is what a new map has.
    ///   - meaning: what the documentation says that it is for.
    init<Value: Sendable>(
        _ key: String,
        _ property: any WritableKeyPath<Map, Value> & Sendable,
        _ codec: ScenarioCodec<Value>,
        limits: String? = nil,
        demand: String? = nil,
        usual: String? = nil,
        _ meaning: String = ""
    ) {
        self.init(
            key: key,
            type: codec.type,
            usual: demand == nil ? usual : "required",
            limits: limits ?? codec.limits,
            meaning: meaning,
            demand: demand,
            read: { decoder, field, map in
                if let value = codec.read(&decoder, field) ?? codec.fallback { map[keyPath: property] = value }
            },
            write: { codec.write($0[keyPath: property]) }
        )
    }

    /// A key that stands for a property without a value unless the key is there.
    init<Value: Sendable>(
        _ key: String,
        _ property: any WritableKeyPath<Map, Value?> & Sendable,
        _ codec: ScenarioCodec<Value>,
        limits: String? = nil,
        usual: String? = nil,
        _ meaning: String = ""
    ) {
        self.init(
            key: key,
            type: codec.type,
            usual: usual,
            limits: limits ?? codec.limits,
            meaning: meaning,
            demand: nil,
            read: { decoder, field, map in map[keyPath: property] = codec.read(&decoder, field) },
            write: { $0[keyPath: property].flatMap(codec.write) }
        )
    }
}

/// A map of a scenario whose keys stand in a table, in the order in which they are read, written and documented.
protocol ScenarioMap: Sendable {
    /// The heading in `docs/scenario.md`, and for people the place of the map: `goals.NAME`.
    static var section: String { get }
    static var settings: [ScenarioSetting<Self>] { get }
}

extension ScenarioMap {
    /// The map as JSON, every setting written out.
    var document: JSONValue {
        .object(
            Self.settings.reduce(into: JSONObject()) { document, setting in
                document[setting.key] = setting.write(self)
            }
        )
    }
}

extension ScenarioDecoder {
    /// Reads the keys that are there into `map`.
    ///
    /// - Returns: false for what is no map.
    mutating func read<Map: ScenarioMap>(
        _ field: ScenarioField,
        into map: inout Map,
        explanations: [String: String] = [:]
    ) -> Bool {
        guard let members = members(field, known: Map.settings.map(\.key), explanations: explanations) else {
            return false
        }
        for setting in Map.settings {
            if let member = members[setting.key] {
                setting.read(&self, member, &map)
            } else if let demand = setting.demand {
                problem("`\(setting.key)` is missing: \(demand)", at: field)
            }
        }
        return true
    }
}
