import ApeCore

/// A line of a dashboard: words beside each other, some of them styled, each in its cells.
struct LiveLine: Sendable, Equatable {
    /// Where words stand in cells that are more than they take.
    enum Alignment: Sendable {
        case left, right
    }

    private struct Part: Sendable, Equatable {
        var words: String
        var style: TerminalStyle?
    }

    private var parts: [Part] = []
    /// The cells that it takes.
    private(set) var width = 0

    init() {}

    init(_ text: String, _ style: TerminalStyle? = nil) {
        add(text, style)
    }

    var isEmpty: Bool { parts.isEmpty }

    /// Adds a text behind what is there.
    mutating func add(_ text: String, _ style: TerminalStyle? = nil) {
        let words = CellText.words(text)
        guard !words.isEmpty else { return }
        parts.append(Part(words: words, style: style))
        width += CellText.width(words)
    }

    /// Adds a text in so many cells: it is cut to them, or stands among them.
    mutating func add(_ text: String, _ style: TerminalStyle? = nil, cells: Int, _ alignment: Alignment = .left) {
        let words = CellText.cut(CellText.words(text), to: cells)
        let space = String(repeating: " ", count: max(0, cells - CellText.width(words)))
        if alignment == .right { add(space) }
        if !words.isEmpty {
            parts.append(Part(words: words, style: style))
            width += CellText.width(words)
        }
        if alignment == .left { add(space) }
    }

    /// Adds a line in so many cells.
    mutating func add(_ line: LiveLine, cells: Int) {
        let start = width
        for part in line.parts where width - start < cells {
            let words = CellText.cut(part.words, to: cells - (width - start))
            parts.append(Part(words: words, style: part.style))
            width += CellText.width(words)
        }
        add(String(repeating: " ", count: max(0, cells - (width - start))))
    }

    /// The line in no more than so many cells, without spaces at its end.
    func text(columns: Int, isColoured: Bool) -> String {
        var (text, left, space) = ("", columns, "")
        for part in parts where left > 0 {
            let words = CellText.cut(part.words, to: left)
            left -= CellText.width(words)
            // A space is held back until something follows it.
            let bare = String(words.reversed().drop { $0 == " " }.reversed())
            guard !bare.isEmpty else {
                space += words
                continue
            }
            text += space + (isColoured ? part.style?.around(bare) ?? bare : bare)
            space = String(repeating: " ", count: words.count - bare.count)
        }
        return text
    }
}
