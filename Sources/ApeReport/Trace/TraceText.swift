import ApeCore
import ApeMetrics
import ApeRun

/// A kept session's waterfall for a terminal of 60 columns and more.
package struct TraceText: Sendable {
    /// The narrowest that it is laid out for.
    package static let leastWidth = 60
    /// A wider terminal is not filled.
    package static let greatestWidth = 160
    private static let greatestLabel = 48
    private static let timeWidth = 8

    private let waterfall: TraceWaterfall
    private let width: Int
    private let isColoured: Bool

    /// - Parameters:
    ///   - waterfall: what is drawn.
    ///   - width: the terminal's columns.
    ///   - isColoured: whether it is written with colours.
    package init(_ waterfall: TraceWaterfall, width: Int, isColoured: Bool) {
        self.waterfall = waterfall
        self.width = min(Self.greatestWidth, max(Self.leastWidth, width))
        self.isColoured = isColoured
    }

    package var text: String {
        var lines = [paint(PlainText.line(waterfall.title), waterfall.exemplar.hasSucceeded ? .green : .red)]
        lines[0] = cut(lines[0])
        if !waterfall.exemplar.hasSucceeded { lines += wrapped(waterfall.exemplar.message) }
        lines += wrapped(waterfall.origin).map { paint($0, .faint) }
        lines.append("")
        lines += table
        if let check = waterfall.check { lines += [""] + wrapped(check) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func wrapped(_ text: String) -> [String] {
        WrappedText.lines(text, width: width)
    }

    /// A title is one line whatever its goal is called.
    private func cut(_ line: String) -> String {
        let plain = PlainText.line(waterfall.title)
        return plain.count <= width ? line : String(plain.prefix(width - 1)) + "…"
    }

    private var table: [String] {
        let labels = waterfall.rows.map(label)
        let answers = waterfall.rows.map { PlainText.line($0.answer) }
        let answerWidth = min(14, max(6, answers.map(\.count).max() ?? 0))
        let fixed = 2 * Self.timeWidth + 1 + 2 + 2 + answerWidth + 2
        // At least a quarter of the line is the bars'.
        let room = width - fixed - width / 4
        let labelWidth = max(8, min(Self.greatestLabel, room, labels.map(\.count).max() ?? 0))
        let barWidth = width - fixed - labelWidth
        let end = Figures.duration(waterfall.lengthMicros)
        let axis = "0" + right(end, barWidth - 1)
        let head = [
            right("at", Self.timeWidth), " ", right("took", Self.timeWidth), "  ", left("step", labelWidth), "  ",
            left("answer", answerWidth), "  ", axis,
        ]
        var lines = [paint(trimmed(head.joined()), .faint)]
        for (place, row) in waterfall.rows.enumerated() {
            let words =
                right(Figures.duration(row.offsetMicros), Self.timeWidth) + " "
                + right(Figures.duration(row.durationMicros), Self.timeWidth) + "  " + left(labels[place], labelWidth)
                + "  "
            let answer = left(answers[place], answerWidth)
            let coloured = row.isFault ? paint(answer, .red) : answer
            let bar = bar(row, barWidth)
            let isAside = row.kind == .wait || row.kind == .leftOut
            lines.append(isAside ? paint(trimmed(words + answer + "  " + bar), .faint) : words + coloured + "  " + bar)
        }
        return lines
    }

    private func label(_ row: TraceWaterfall.Row) -> String {
        PlainText.line(row.tokens.map { "\(row.label) \($0)" } ?? row.label)
    }

    /// Before the first token light, after it and for requests dark, waits dotted. What took time has at least one cell.
    private func bar(_ row: TraceWaterfall.Row, _ width: Int) -> String {
        guard width > 0 else { return "" }
        func cell(_ micros: Int64) -> Int { Int((waterfall.share(micros) * Double(width)).rounded(.down)) }
        let start = min(width - 1, cell(row.offsetMicros))
        let end = max(start + 1, cell(row.offsetMicros.addingClamped(row.durationMicros)))
        let blank = String(repeating: " ", count: start)
        switch row.kind {
        case .leftOut: return blank + String(repeating: "┄", count: end - start)
        case .wait: return blank + String(repeating: "·", count: end - start)
        case .verification: return blank + String(repeating: "▒", count: end - start)
        case .action: return blank + paint(String(repeating: "█", count: end - start), row.isFault ? .red : .green)
        case .decision:
            let first = row.firstTokenMicros.map { cell(row.offsetMicros.addingClamped($0)) } ?? end
            let middle = min(end, max(start, first))
            let light = String(repeating: "░", count: middle - start)
            return blank + (row.isFault ? paint(light, .red) : light) + String(repeating: "▓", count: end - middle)
        }
    }

    private func paint(_ text: String, _ style: TerminalStyle) -> String {
        isColoured ? style.around(text) : text
    }

    private func left(_ text: String, _ width: Int) -> String {
        let cut = text.count > width ? String(text.prefix(max(0, width - 1))) + "…" : text
        return cut + String(repeating: " ", count: max(0, width - cut.count))
    }

    private func right(_ text: String, _ width: Int) -> String {
        let cut = text.count > width ? String(text.prefix(max(0, width - 1))) + "…" : text
        return String(repeating: " ", count: max(0, width - cut.count)) + cut
    }

    private func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }
}
