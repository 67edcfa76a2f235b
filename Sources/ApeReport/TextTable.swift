import ApeCore

/// Columns of text for a terminal, fitted to a width.
struct TextTable {
    struct Column {
        var title: String
        /// Numbers stand to the right.
        var isNumeric = false
        /// Gives way first when the table is too wide; the others keep their text.
        var gives = false
    }

    /// A column that gives way keeps at least this many characters.
    static let leastWidth = 8

    var columns: [Column]
    /// Each cell as a line of words, since the cells of a row share a line.
    var rows: [[String]] = [] {
        didSet { rows = rows.map { $0.map { PlainText.line($0) } } }
    }

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// The lines: titles, a rule, and the rows; `paint` may colour a cell's padded text by its row and column.
    func lines(width: Int, paint: (Int, Int, String) -> String = { $2 }) -> [String] {
        let widths = fittedWidths(width)
        let titles = columns.indices.map { pad(columns[$0].title, widths[$0], $0) }
        var lines = [joined(titles), widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")]
        for (number, row) in rows.enumerated() {
            lines.append(joined(columns.indices.map { paint(number, $0, pad(row[$0], widths[$0], $0)) }))
        }
        return lines
    }

    private func joined(_ cells: [String]) -> String {
        var line = cells.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }

    private func fittedWidths(_ width: Int) -> [Int] {
        var widths = columns.indices.map { column in
            max(columns[column].title.count, rows.map { $0[column].count }.max() ?? 0)
        }
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - width
        while excess > 0 {
            let giving = columns.indices.filter { columns[$0].gives && widths[$0] > Self.leastWidth }
            guard let widest = giving.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func pad(_ text: String, _ width: Int, _ column: Int) -> String {
        let cut = text.count > width ? text.prefix(max(0, width - 1)) + "…" : text[...]
        let space = String(repeating: " ", count: width - cut.count)
        return columns[column].isNumeric ? space + cut : cut + space
    }
}

enum WrappedText {
    /// Breaks a sentence at its spaces, but not between a number and its percent sign; what follows the first line
    /// is indented. It is a line of words before, so that it breaks nowhere else.
    static func lines(_ text: String, width: Int, indent: String = "  ") -> [String] {
        let text = TerminalStyle.words(text)
        var lines: [String] = []
        var line = ""
        for word in text.replacing(" %", with: "\u{A0}%").split(separator: " ") {
            if !line.isEmpty && line.count + 1 + word.count > width {
                lines.append(line)
                line = indent + word
            } else {
                line += line.isEmpty ? String(word) : " " + word
            }
        }
        return (line.isEmpty ? lines : lines + [line]).map { $0.replacing("\u{A0}%", with: " %") }
    }
}
