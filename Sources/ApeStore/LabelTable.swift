import ApeCore

/// The label values of one window. Each is written in full once, after a 0, and from then on as its place in the list.
struct LabelTable {
    private var values: [String] = []
    private var places: [String: UInt64] = [:]

    mutating func write(_ value: String, to writer: inout ByteWriter) {
        if let place = places[value] { return writer.write(unsigned: place) }
        writer.write(unsigned: 0)
        writer.write(value)
        note(value)
    }

    mutating func read(from reader: inout ByteReader) throws(ApeError) -> String {
        let place = try reader.unsigned()
        guard place == 0 else {
            guard place <= UInt64(values.count) else { throw ByteReader.malformed }
            return values[Int(place) - 1]
        }
        let value = try reader.text()
        note(value)
        return value
    }

    private mutating func note(_ value: String) {
        values.append(value)
        places[value] = UInt64(values.count)
    }
}
