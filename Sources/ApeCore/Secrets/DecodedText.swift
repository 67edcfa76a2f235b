/// A text as the bytes that it stands for once its escapes are resolved, each with the place that it has in the text.
struct DecodedText {
    /// One escape within another within another: servers quote what proxies have quoted.
    static let maximumDepth = 4

    private(set) var bytes: [UInt8] = []
    /// Where each byte stands in the text, as an offset in UTF-8.
    private(set) var places: [Range<Int>] = []

    private init(reservingCapacity capacity: Int) {
        bytes.reserveCapacity(capacity)
        places.reserveCapacity(capacity)
    }

    /// A text as it stands.
    init(_ text: some Sequence<UInt8>) {
        bytes = Array(text)
        places = bytes.indices.map { $0..<$0 + 1 }
    }

    /// The text with all its escapes resolved once; nil where it holds none.
    func decoded() -> DecodedText? {
        var decoded = DecodedText(reservingCapacity: bytes.count)
        var hasEscapes = false
        var index = 0
        while index < bytes.count {
            let escape = TextEscape(bytes[index...])
            let end = index + (escape?.length ?? 1)
            for byte in escape?.bytes ?? [bytes[index]] {
                decoded.bytes.append(byte)
                decoded.places.append(places[index].lowerBound..<places[end - 1].upperBound)
            }
            hasEscapes = hasEscapes || escape != nil
            index = end
        }
        return hasEscapes ? decoded : nil
    }

    /// The text and what it stands for after each round of resolving, as long as there is anything to resolve.
    static func layers(of text: some Sequence<UInt8>) -> [DecodedText] {
        var layers = [DecodedText(text)]
        while layers.count < maximumDepth, let next = layers.last?.decoded() { layers.append(next) }
        return layers
    }

    /// The bytes by which texts are compared, and the place of each among ``bytes``: letters in lower case, the digits of
    /// both alphabets of Base64 as one, white space left out or as one blank.
    func folded(keepsBlanks: Bool) -> (bytes: [UInt8], indices: [Int]) {
        var folded: [UInt8] = []
        var indices: [Int] = []
        for (index, byte) in bytes.enumerated() {
            let isBlank = byte <= 0x20 || byte == 0x7F
            if isBlank, !keepsBlanks || folded.last == 0x20 { continue }
            folded.append(isBlank ? 0x20 : Self.fold(byte))
            indices.append(index)
        }
        return (folded, indices)
    }

    private static func fold(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        case UInt8(ascii: "-"): UInt8(ascii: "+")
        case UInt8(ascii: "_"): UInt8(ascii: "/")
        default: byte
        }
    }
}
