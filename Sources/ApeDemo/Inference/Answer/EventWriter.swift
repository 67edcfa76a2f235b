import ApeCore

/// Writes named server-sent events whose data repeat their type.
struct EventWriter {
    var json = JSONWriter()
    /// The number that the next event carries; nil where events carry none.
    private(set) var sequence: Int64?
    /// The time that every event carries; nil for none.
    private let timestamp: Int64?

    /// Goes on with the text of `writer`, which is empty until it has its text back: a copy would be made otherwise.
    init(taking writer: inout JSONWriter, sequence: Int64? = nil, timestamp: Int64? = nil) {
        self.sequence = sequence
        self.timestamp = timestamp
        swap(&json, &writer)
    }

    /// Writes one event.
    mutating func write(_ type: String, _ members: JSONObject) {
        json.append("event: ")
        json.bytes += type.utf8
        json.member("\ndata: {\"type\":", type)
        if let number = sequence {
            json.append(",\"sequence_number\":")
            json.write(integer: number)
            sequence = number + 1
        }
        for member in members {
            json.append(",")
            json.write(string: member.key)
            json.append(":")
            json.write(member.value)
        }
        if let timestamp { json.timestamp(timestamp) }
        json.append("}\n\n")
    }
}
