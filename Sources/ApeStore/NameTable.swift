import ApeCore

/// Writes well-known names as their place in a list, from 1. Any other name is written in full after a 0.
///
/// An entry that ends with `=` stands for every name that continues with a label's value and `}`. The value follows.
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

    func read(_ labels: inout LabelTable, from reader: inout ByteReader) throws(ApeError) -> String {
        let place = try reader.unsigned()
        guard place > 0 else { return try reader.text() }
        guard place <= UInt64(names.count) else { throw ByteReader.malformed }
        let name = names[Int(place) - 1]
        return name.hasSuffix("=") ? name + (try labels.read(from: &reader)) + "}" : name
    }
}
