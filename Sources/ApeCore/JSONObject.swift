import OrderedCollections

/// A JSON object: members by key, in the order in which they were written.
package struct JSONObject: Sendable, Equatable {
    private var members: OrderedDictionary<String, JSONValue>

    package init() {
        members = [:]
    }

    /// The value of `key`; nil when missing. Setting nil removes the member.
    package subscript(_ key: String) -> JSONValue? {
        get { members[key] }
        set { members[key] = newValue }
    }

    /// Sets the value of `key` and returns the one it replaced.
    package mutating func updateValue(_ value: JSONValue, forKey key: String) -> JSONValue? {
        members.updateValue(value, forKey: key)
    }

    /// The keys in their order.
    package var keys: [String] { Array(members.keys) }
}

extension JSONObject: RandomAccessCollection {
    package typealias Element = (key: String, value: JSONValue)

    package var startIndex: Int { 0 }
    package var endIndex: Int { members.count }

    package subscript(position: Int) -> Element {
        let member = members.elements[position]
        return (member.key, member.value)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        members = OrderedDictionary(elements, uniquingKeysWith: { _, last in last })
    }
}
