/// Hides secrets in texts that people get to see, whatever way of JSON, URLs, headers and HTML they are written in.
///
/// Of a secret every run of eight characters is hidden, so that neither a cut before nor a stream in pieces shows more of
/// it. It is to be used before a text is cut all the same.
package struct SecretMask: Sendable {
    /// What stands in a secret's place.
    package static let mark = "***"
    /// Characters in a row by which a part of a secret is known again.
    static let pieceLength = 8
    /// Shorter secrets say nothing where they stand alone, and stand in many words.
    static let leastLength = 4

    /// Every run of eight characters of every secret, packed into a number.
    private var pieces: Set<UInt64> = []
    /// What is hidden only where it stands whole, by its first eight characters.
    private var wholes: [UInt64: [[UInt8]]] = [:]
    /// The same, of fewer than eight characters.
    private var shorts: [[UInt8]] = []
    /// How secrets begin: a text that was cut within a secret ends so.
    private var beginnings: [[UInt8]] = []

    package init() {}

    /// Hides a secret and its parts.
    package mutating func hide(secret: String) {
        for form in SecretForms(secret).forms {
            beginnings.append(Array(form.prefix(Self.pieceLength - 1)))
            guard form.count >= Self.pieceLength else {
                hide(short: form)
                continue
            }
            var piece: UInt64 = 0
            for (index, byte) in form.enumerated() {
                piece = piece << 8 | UInt64(byte)
                if index >= Self.pieceLength - 1 { pieces.insert(piece) }
            }
        }
    }

    /// Hides a text where it stands whole: for what may be a secret, and may be a word like any other.
    package mutating func hide(value: String) {
        let forms = DecodedText.layers(of: value.utf8).map { $0.folded(keepsBlanks: true).bytes }
        // URLs write a blank as a plus.
        for form in forms + forms.map({ $0.map { $0 == 0x20 ? UInt8(ascii: "+") : $0 } }) {
            guard form.count >= Self.pieceLength else {
                hide(short: form)
                continue
            }
            guard wholes[Self.piece(form)]?.contains(form) != true else { continue }
            wholes[Self.piece(form), default: []].append(form)
            // Where one value begins with another, the longer goes.
            wholes[Self.piece(form)]?.sort { $0.count > $1.count }
        }
    }

    private mutating func hide(short form: [UInt8]) {
        guard form.count >= Self.leastLength, !shorts.contains(form) else { return }
        shorts.append(form)
        shorts.sort { $0.count > $1.count }
    }

    /// A text with every secret in it as `***`, and what stands for user and password in a URL.
    package func masked(_ text: String) -> String {
        var hidden: [Range<Int>] = []
        for layer in DecodedText.layers(of: text.utf8) {
            hidden += pieces(in: layer) + values(in: layer) + URLCredentials.places(in: layer)
        }
        guard !hidden.isEmpty else { return text }
        let bytes = Array(text.utf8)
        var masked: [UInt8] = []
        var shown = 0
        for range in hidden.sorted(by: { $0.lowerBound < $1.lowerBound }) where range.upperBound > shown {
            let start = Self.boundary(range.lowerBound, in: bytes, by: -1)
            // Ranges that touch are one.
            if start > shown || shown == 0 {
                masked += bytes[shown..<max(shown, start)]
                masked += Array(Self.mark.utf8)
            }
            shown = max(shown, Self.boundary(range.upperBound, in: bytes, by: 1))
        }
        return String(decoding: masked + bytes[shown...], as: UTF8.self)
    }

    /// The next place, in one direction, at which no scalar is taken apart.
    private static func boundary(_ place: Int, in bytes: [UInt8], by step: Int) -> Int {
        var place = place
        while bytes.indices.contains(place), bytes[place] & 0xC0 == 0x80 { place += step }
        return place
    }

    private static func piece(_ bytes: some Collection<UInt8>) -> UInt64 {
        bytes.prefix(pieceLength).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Where parts of secrets stand.
    private func pieces(in layer: DecodedText) -> [Range<Int>] {
        guard !beginnings.isEmpty else { return [] }
        let (bytes, indices) = layer.folded(keepsBlanks: false)
        var found: [Range<Int>] = []
        func add(_ range: Range<Int>) {
            let (first, last) = (layer.places[indices[range.lowerBound]], layer.places[indices[range.upperBound - 1]])
            found.append(first.lowerBound..<last.upperBound)
        }
        var piece: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            piece = piece << 8 | UInt64(byte)
            let end = index + 1
            if end >= Self.pieceLength, pieces.contains(piece) { add(end - Self.pieceLength..<end) }
        }
        if let cut = beginning(atEndOf: bytes) { add(cut) }
        return found
    }

    /// Where the beginning of a secret ends the text, but for dots that tell of a cut.
    private func beginning(atEndOf bytes: [UInt8]) -> Range<Int>? {
        let dots: Set<UInt8> = [UInt8(ascii: "."), 0xE2, 0x80, 0xA6]
        let text = bytes[..<((bytes.lastIndex { !dots.contains($0) } ?? -1) + 1)]
        for length in stride(from: min(Self.pieceLength - 1, text.count), through: Self.leastLength, by: -1) {
            let end = text.suffix(length)
            if beginnings.contains(where: { $0.count >= length && $0.prefix(length).elementsEqual(end) }) {
                return end.startIndex..<end.endIndex
            }
        }
        return nil
    }

    /// Where whole values stand.
    private func values(in layer: DecodedText) -> [Range<Int>] {
        guard !wholes.isEmpty || !shorts.isEmpty else { return [] }
        let (bytes, indices) = layer.folded(keepsBlanks: true)
        var found: [Range<Int>] = []
        for start in bytes.indices {
            let rest = bytes[start...]
            let long = rest.count < Self.pieceLength ? nil : wholes[Self.piece(rest)]?.first { rest.starts(with: $0) }
            guard let value = long ?? shorts.first(where: { rest.starts(with: $0) }) else { continue }
            let (first, last) = (layer.places[indices[start]], layer.places[indices[start + value.count - 1]])
            found.append(first.lowerBound..<last.upperBound)
        }
        return found
    }
}
