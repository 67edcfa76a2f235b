extension JSONObject {
    /// The member of one of a scenario's known keys.
    subscript(_ key: some ScenarioKey) -> JSONValue? {
        get { self[key.rawValue] }
        set { self[key.rawValue] = newValue }
    }

    /// Sets a text; nil leaves the key out.
    mutating func set(_ key: some ScenarioKey, _ text: String?) {
        self[key] = text.map { .string($0) }
    }

    /// Sets a duration, as text.
    mutating func set(_ key: some ScenarioKey, micros: Int64) {
        self[key] = .string(DurationText.text(micros: micros))
    }

    mutating func set(_ key: some ScenarioKey, count: Int) {
        self[key] = .integer(Int64(count))
    }

    /// Sets headers; none leave the key out.
    mutating func set(_ key: some ScenarioKey, headers: [Scenario.Header]) {
        if !headers.isEmpty { self[key] = .map(headers) { ($0.name, .string($0.value)) } }
    }
}

extension JSONValue {
    /// An object with a member for each element.
    static func map<Element>(_ elements: [Element], _ member: (Element) -> (String, JSONValue)) -> JSONValue {
        .object(
            elements.reduce(into: JSONObject()) { object, element in
                let (key, value) = member(element)
                object[key] = value
            }
        )
    }
}
