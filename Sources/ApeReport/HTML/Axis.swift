import ApeCore
import Glibc

/// Where an axis has its marks.
enum Axis {
    /// Round numbers from 0 to at least `greatest`, four to six steps of 1, 2 or 5 times a power of ten (Heckbert,
    /// "Nice Numbers for Graph Labels", Graphics Gems, 1990).
    static func ticks(upTo greatest: Double) -> [Double] {
        guard greatest.isFinite, greatest > 0 else { return [0, 1] }
        let rough = greatest / 4
        let power = pow(10, floor(log10(rough)))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? 10 * power
        let count = min(10, Int(saturating: (greatest / step).rounded(.up)))
        return (0...max(1, count)).map { Double($0) * step }
    }

    /// Round moments of a stretch of seconds, at most eight.
    static func moments(_ seconds: Double) -> [Double] {
        let steps: [Double] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400]
        let step = steps.first { seconds / $0 <= 8 } ?? (seconds / 8).rounded(.up)
        return stride(from: 0, through: max(seconds, 0), by: step).map { $0 }
    }

    /// Round durations of a logarithmic axis between two durations in microseconds.
    static func decades(_ low: Double, _ high: Double) -> [Double] {
        var found: [Double] = []
        var power = 1.0
        while power <= high {
            found += [1, 2, 5].map { $0 * power }.filter { $0 >= low && $0 <= high }
            power *= 10
        }
        return found.count > 8 ? found.filter { log10($0) == log10($0).rounded() } : found
    }

    /// A number of an axis, in as few digits as the steps need.
    static func label(_ value: Double, step: Double) -> String {
        if value >= 10_000 && step >= 1_000 { return trimmed(value / 1_000, step: step / 1_000) + "k" }
        return trimmed(value, step: step)
    }

    private static func trimmed(_ value: Double, step: Double) -> String {
        let places = step >= 1 ? 0 : min(6, Int(saturating: (-log10(step)).rounded(.up)))
        return Figures.number(value, places: places)
    }
}
