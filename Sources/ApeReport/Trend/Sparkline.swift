/// A line of values in one row of a terminal, the least at the bottom and the greatest at the top.
enum Sparkline {
    private static let bars = Array("▁▂▃▄▅▆▇█")
    /// What stands in the place of a gap.
    static let gap: Character = "·"
    /// What stands before a run whose figures are not those of the run before it.
    static let breakMark: Character = "│"

    /// A sign for each value; one that is no number is a gap.
    static func signs(_ values: [Double?]) -> [Character] {
        let known = values.compactMap { $0 }.filter(\.isFinite)
        guard let least = known.min(), let greatest = known.max() else { return values.map { _ in gap } }
        return values.map { value in
            guard let value, value.isFinite else { return gap }
            // A line on which nothing happens is level, in the middle.
            guard greatest > least else { return bars[bars.count / 2 - 1] }
            let place = (value - least) / (greatest - least) * Double(bars.count)
            return bars[min(bars.count - 1, Int(place))]
        }
    }
}
