/// Guesses which known word a misspelt one was meant to be.
package enum Spelling {
    /// The known word that differs from `word` by the fewest letters; nil where none comes close.
    package static func closest(to word: String, among known: some Sequence<String>) -> String? {
        let word = word.lowercased()
        guard word.utf8.count <= 64 else { return nil }
        let tolerance = max(1, word.count / 3)
        let scored = known.map { (word: $0, distance: distance(word, $0.lowercased())) }
        guard let best = scored.min(by: { $0.distance < $1.distance }), best.distance <= tolerance else { return nil }
        return best.word
    }

    /// How many letters must be inserted, removed, replaced or swapped with their neighbour (optimal string alignment).
    static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let substitution = previous[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(substitution, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforePrevious[column - 1] + 1)
                }
                current.append(best)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
