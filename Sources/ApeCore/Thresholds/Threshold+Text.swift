extension Threshold {
    /// Reads a threshold as a line: a condition, and behind it `in every 30s`, `after 10s` and `abort`, in this order.
    ///
    /// - Parameter line: such as `rate(actions{status=5xx}) < 1/s in every 30s after 10s abort`.
    /// - Throws: ``ThresholdMistake`` that names the column and the nearest word.
    package init(_ line: String) throws(ThresholdMistake) {
        var rest = line[...]
        let aborts = Self.take("abort", from: &rest)
        let after = try Self.takeTime(after: "after", from: &rest, in: Self.afterSeconds)
        let window = try Self.takeTime(after: "in every", from: &rest, in: Self.windowSeconds)
        self.init(
            try ThresholdCondition(String(rest)),
            windowMicros: window,
            afterMicros: after ?? 0,
            aborts: aborts
        )
    }

    /// Takes a word off the end, if it stands there behind a blank.
    private static func take(_ word: String, from rest: inout Substring) -> Bool {
        let trimmed = rest.trimmingEnd
        guard trimmed.hasSuffix(" " + word) else { return false }
        rest = trimmed.dropLast(word.count)
        return true
    }

    /// Takes a keyword and the duration behind it off the end, if they stand there.
    private static func takeTime(
        after keyword: String,
        from rest: inout Substring,
        in seconds: ClosedRange<Int64>
    ) throws(ThresholdMistake) -> Int64? {
        let trimmed = rest.trimmingEnd
        guard let blank = trimmed.lastIndex(of: " ") else { return nil }
        let before = trimmed[..<blank].trimmingEnd
        guard before.hasSuffix(" " + keyword) else { return nil }
        let text = String(trimmed[trimmed.index(after: blank)...])
        let second: Int64 = 1_000_000
        let micros = DurationText.micros(text, plainNumberIn: .seconds)
        guard let micros, micros % second == 0, seconds.contains(micros / second) else {
            throw ThresholdMistake(
                "`\(keyword) \(text)` is no time of whole seconds from \(seconds.lowerBound)s to "
                    + "\(DurationText.text(micros: seconds.upperBound * second))",
                column: trimmed.distance(from: trimmed.startIndex, to: blank) + 2
            )
        }
        rest = before.dropLast(keyword.count)
        return micros
    }
}

extension Substring {
    fileprivate var trimmingEnd: Substring {
        lastIndex { !$0.isWhitespace }.map { self[...$0] } ?? self[startIndex..<startIndex]
    }
}
