/// A table that is sorted by its headers.
struct HTMLTable {
    struct Column {
        var title: String
        /// Numbers stand to the right and are sorted the greatest first.
        var isNumeric = false
        /// Long text may wrap.
        var isWide = false
    }

    struct Cell {
        var content: Markup
        /// What it is sorted by; nil for its text.
        var value: Double?

        init(_ text: String) {
            content = "\(text)"
        }

        init(_ content: Markup) {
            self.content = content
        }

        /// A number as people read it, sorted by its value; a missing one comes after all.
        init(_ text: String, _ value: Double?) {
            content = "\(text)"
            self.value = value ?? -1
        }
    }

    /// What the table shows, for screen readers.
    var label: String
    var columns: [Column]
    var rows: [[Cell]]

    var markup: Markup {
        guard !rows.isEmpty else { return .empty }
        let heads = columns.map { column -> Markup in
            column.isNumeric
                ? "<th scope=\"col\" class=\"n\">\(column.title)</th>" : "<th scope=\"col\">\(column.title)</th>"
        }
        let body = rows.map { row -> Markup in
            let cells = zip(columns, row).enumerated().map { place, pair -> Markup in
                let (column, cell) = pair
                let kind: Markup = column.isNumeric ? " class=\"n\"" : column.isWide ? " class=\"wide\"" : ""
                let key: Markup = cell.value.map { " data-v=\"\(String($0))\"" } ?? ""
                // The first cell says what the row is of.
                return place == 0
                    ? "<th scope=\"row\"\(kind)\(key)>\(cell.content)</th>" : "<td\(kind)\(key)>\(cell.content)</td>"
            }
            return "<tr>\(cells)</tr>"
        }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="\(label)"><table class="sortable">
            <caption>\(label)</caption><thead><tr>\(heads)</tr></thead>
            <tbody>\(Markup(joining: body))</tbody></table></div>
            """
    }
}
