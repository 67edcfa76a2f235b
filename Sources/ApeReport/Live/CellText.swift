import ApeCore

/// Words in the cells of a terminal: a letter takes one, a Chinese sign two, an accent none.
enum CellText {
    /// A text as words of which no part can become a command to a CI system, whatever stands beside it in a line.
    ///
    /// Signs that choose between two forms of a character are left out: terminals disagree on how wide these are.
    static func words(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != 0x3A && $0 != 0x23 }) { return text }
        let line = PlainText.line(text).unicodeScalars.filter { !(0xFE00...0xFE0F).contains($0.value) }
        var words = String(String.UnicodeScalarView(line))
        for pair in [":", "#"] {
            // A run of them is broken in two passes.
            for _ in 0..<2 { words = words.replacing(pair + pair, with: "\(pair) \(pair)") }
        }
        return words
    }

    /// The cells that words take.
    static func width(_ words: String) -> Int {
        if words.utf8.allSatisfy({ $0 < 0x80 }) { return words.utf8.count }
        return words.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    /// Words in no more cells than there are; a mark stands for what is left out.
    static func cut(_ words: String, to cells: Int) -> String {
        guard width(words) > cells else { return words }
        guard cells > 0 else { return "" }
        var (kept, used) = (String.UnicodeScalarView(), 0)
        for scalar in words.unicodeScalars {
            let width = width(scalar)
            guard used + width <= cells - 1 else { break }
            kept.append(scalar)
            used += width
        }
        return String(kept) + "…"
    }

    /// The cells of a scalar. Where terminals disagree it is the greater number: what is too narrow moves no other column
    /// out of the window.
    private static func width(_ scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        if wide.contains(where: { $0.contains(scalar.value) }) || scalar.properties.isEmojiPresentation { return 2 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return 1
        }
    }

    /// East Asian Width of W and F (Unicode 16, Annex 11), with the planes that are theirs.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x2630...0x2637, 0x268A...0x268F, 0x2E80...0x303E,
        0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F,
        0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1D300...0x1D376,
        0x1F000...0x1F0FF, 0x1F100...0x1F2FF, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F7E0...0x1F7F0,
        0x1F900...0x1FAFF, 0x20000...0x3FFFD,
    ]
}
