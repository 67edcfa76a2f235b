/// What is wrong with a threshold, and where.
package struct ThresholdMistake: Error, Sendable, Equatable {
    /// In characters from 1; nil where no place is to blame.
    package var column: Int?
    package var message: String

    package init(_ message: String, column: Int? = nil) {
        self.message = message
        self.column = column
    }

    /// A sentence that names the place.
    package var description: String { (column.map { "column \($0): " } ?? "") + message }

    /// `; did you mean ...?`, or all words to choose from where none comes close and they are few.
    package static func suggestion(for word: String, among known: [String]) -> String {
        if let closest = Spelling.closest(to: word, among: known) { return "; did you mean `\(closest)`?" }
        return known.isEmpty || known.count > 20 ? "" : "; known are \(known.joined(separator: ", "))"
    }
}
