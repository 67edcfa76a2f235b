/// Names that are written as their place in a list, from 1; 0 announces any other name in full.
///
/// An entry that ends with `=` stands for every name that goes on with a label's value and `}`; the value follows.
struct NameTable {
    private let names: [String]
    private let places: [String: UInt64]

    init(_ names: [String]) {
        self.names = names
        places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, UInt64($0) + 1) })
    }

    func write(_ name: String, _ labels: inout LabelTable, to writer: inout ByteWriter) {
        if let place = places[name], !name.hasSuffix("=") { return writer.write(unsigned: place) }
        if name.hasSuffix("}"), let equals = name.firstIndex(of: "="), let place = places[String(name[...equals])] {
            writer.write(unsigned: place)
            return labels.write(String(name[name.index(after: equals)...].dropLast()), to: &writer)
        }
        writer.write(unsigned: 0)
        writer.write(name)
    }

    func read(_ labels: inout LabelTable, from reader: inout ByteReader) throws(ByteReader.Malformed) -> String {
        let place = try reader.unsigned()
        guard place > 0 else { return try reader.text() }
        guard place <= UInt64(names.count) else { throw ByteReader.Malformed() }
        let name = names[Int(place) - 1]
        return name.hasSuffix("=") ? name + (try labels.read(from: &reader)) + "}" : name
    }
}

/// The labels' values of one window: each stands in full once, after a 0, and as its place among them from then on.
struct LabelTable {
    private var values: [String] = []
    private var places: [String: UInt64] = [:]

    mutating func write(_ value: String, to writer: inout ByteWriter) {
        if let place = places[value] { return writer.write(unsigned: place) }
        writer.write(unsigned: 0)
        writer.write(value)
        note(value)
    }

    mutating func read(from reader: inout ByteReader) throws(ByteReader.Malformed) -> String {
        let place = try reader.unsigned()
        guard place == 0 else {
            guard place <= UInt64(values.count) else { throw ByteReader.Malformed() }
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
