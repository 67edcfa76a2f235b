extension Template {
    /// Cuts a text into what stands as it is and the places to fill.
    static func parse(_ bytes: [UInt8]) -> [Segment] {
        var segments: [Segment] = []
        var literalStart = 0
        var index = 0
        while index + 1 < bytes.count {
            guard bytes[index] == UInt8(ascii: "{"), bytes[index + 1] == UInt8(ascii: "{"),
                let (place, end) = place(in: bytes, after: index + 2)
            else {
                index += 1
                continue
            }
            if literalStart < index { segments.append(text(bytes[literalStart..<index])) }
            segments.append(place)
            literalStart = end
            index = end
        }
        if literalStart < bytes.count { segments.append(text(bytes[literalStart...])) }
        return segments
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> Segment {
        .text(String(decoding: bytes, as: UTF8.self))
    }

    /// Reads what follows two opening braces: one name, or `base64` and names with colons between them, and two
    /// closing braces.
    private static func place(in bytes: [UInt8], after start: Int) -> (Segment, end: Int)? {
        var index = start
        skipSpaces(bytes, &index)
        guard let first = takeName(bytes, &index) else { return nil }
        let afterFirst = index
        skipSpaces(bytes, &index)
        if let end = closing(bytes, index) { return (.value(name: first), end) }
        guard first == "base64", index > afterFirst, var name = takeName(bytes, &index) else { return nil }
        var names = [name]
        while index < bytes.count, bytes[index] == UInt8(ascii: ":") {
            index += 1
            guard let next = takeName(bytes, &index) else { return nil }
            name = next
            names.append(name)
        }
        skipSpaces(bytes, &index)
        return closing(bytes, index).map { (.base64(names: names), $0) }
    }

    private static func closing(_ bytes: [UInt8], _ index: Int) -> Int? {
        let isClosed = index + 1 < bytes.count && bytes[index...(index + 1)].allSatisfy { $0 == UInt8(ascii: "}") }
        return isClosed ? index + 2 : nil
    }

    private static func skipSpaces(_ bytes: [UInt8], _ index: inout Int) {
        while index < bytes.count, bytes[index] == UInt8(ascii: " ") { index += 1 }
    }

    private static func takeName(_ bytes: [UInt8], _ index: inout Int) -> String? {
        let start = index
        while index < bytes.count, isNameByte(bytes[index], first: index == start) { index += 1 }
        guard start < index, index - start <= maximumNameBytes else { return nil }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    /// Whether `text` can stand between the braces: letters, digits, `_`, `-` and `.`, a letter or `_` first.
    package static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return !bytes.isEmpty && bytes.count <= maximumNameBytes
            && bytes.indices.allSatisfy { isNameByte(bytes[$0], first: $0 == 0) }
    }

    private static func isNameByte(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): !first
        default: false
        }
    }
}
