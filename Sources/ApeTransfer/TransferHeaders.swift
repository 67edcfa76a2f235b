/// The header lines of an answer, in the order received. They are kept as bytes and parsed when asked for.
package struct TransferHeaders: Sendable, Hashable {
    /// The lines as received, without the status line, each ending with `\n`.
    var block: [UInt8] = []

    package init() {}

    package init(_ headers: [(name: String, value: String)]) {
        for header in headers { block += Array("\(header.name): \(header.value)\r\n".utf8) }
    }

    /// The first value of a header, whatever the case of its name.
    package subscript(name: String) -> String? {
        lines.first { $0.matches(name) }?.value
    }

    /// All values of a header, in order.
    package func values(_ name: String) -> [String] {
        lines.filter { $0.matches(name) }.map(\.value)
    }

    /// The headers of any of these names, in order, each with its name's place among them.
    package func values(ofAny names: [String]) -> [(place: Int, value: String)] {
        lines.compactMap { line in names.firstIndex { line.matches($0) }.map { ($0, line.value) } }
    }

    /// The first of these headers that there is, in the order of the names.
    package func first(ofAny names: [String]) -> String? {
        values(ofAny: names).min { $0.place < $1.place }?.value
    }

    private var lines: Lines { Lines(block: block) }
}

extension TransferHeaders: Sequence {
    package func makeIterator() -> AnyIterator<(name: String, value: String)> {
        var rest = lines
        return AnyIterator { rest.next().map { ($0.name, $0.value) } }
    }
}

extension TransferHeaders {
    /// The header lines one by one: what is looked for is found without a list of them all.
    private struct Lines: Sequence, IteratorProtocol {
        let block: [UInt8]
        private var position = 0

        init(block: [UInt8]) {
            self.block = block
        }

        mutating func next() -> Line? {
            while position < block.count {
                let start = position
                let end = block[start...].firstIndex(of: UInt8(ascii: "\n")) ?? block.count
                position = end + 1
                if let line = Line(block[start..<end]) { return line }
            }
            return nil
        }
    }

    /// One header line. Lines without a colon are no headers and are left out.
    private struct Line {
        let bytes: ArraySlice<UInt8>
        let colon: Int

        init?(_ bytes: ArraySlice<UInt8>) {
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > bytes.startIndex else { return nil }
            self.bytes = bytes
            self.colon = colon
        }

        var name: String {
            String(decoding: bytes[..<colon], as: UTF8.self)
        }

        var value: String {
            var value = bytes[(colon + 1)...]
            while let last = value.last, Self.isSpace(last) { value.removeLast() }
            while let first = value.first, Self.isSpace(first) { value.removeFirst() }
            return String(decoding: value, as: UTF8.self)
        }

        func matches(_ name: String) -> Bool {
            // Most names differ in length already.
            colon - bytes.startIndex == name.utf8.count
                && bytes[..<colon].elementsEqual(name.utf8) { lowered($0) == lowered($1) }
        }

        private func lowered(_ byte: UInt8) -> UInt8 {
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
        }

        private static func isSpace(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
        }
    }
}
