/// What a measurement is told on the command line, as `name=value`.
struct Settings {
    private var values: [String: String] = [:]

    /// - Throws: ``BenchmarkFault`` for a word without a name.
    init(_ words: some Sequence<String>) throws(BenchmarkFault) {
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw BenchmarkFault("\"\(word)\" is not name=value") }
            values[String(parts[0])] = String(parts[1])
        }
    }

    /// A text.
    ///
    /// - Throws: ``BenchmarkFault`` where there is none.
    func text(_ name: String) throws(BenchmarkFault) -> String {
        guard let value = values[name] else { throw BenchmarkFault("\(name)= is missing") }
        return value
    }

    /// One of a few texts, the first unless given.
    ///
    /// - Throws: ``BenchmarkFault`` for another.
    func choice(_ name: String, of choices: [String]) throws(BenchmarkFault) -> String {
        let value = values[name] ?? choices[0]
        guard choices.contains(value) else {
            throw BenchmarkFault("\(name)=\(value) is none of \(choices.joined(separator: ", "))")
        }
        return value
    }

    /// A whole number.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - range: what it may be.
    ///   - usual: what it is unless given; nil where it has to be.
    /// - Returns: the number.
    /// - Throws: ``BenchmarkFault`` where it is missing, or out of its range.
    func number(_ name: String, in range: ClosedRange<Int>, usual: Int? = nil) throws(BenchmarkFault) -> Int {
        guard let value = values[name] else {
            guard let usual else { throw BenchmarkFault("\(name)= is missing") }
            return usual
        }
        guard let number = Int(value), range.contains(number) else {
            throw BenchmarkFault("\(name)=\(value) is not between \(range.lowerBound) and \(range.upperBound)")
        }
        return number
    }

    /// A text that need not be there.
    subscript(_ name: String) -> String? { values[name] }
}
