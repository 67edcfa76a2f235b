/// Rates as people write them: `30/s`, `5/m`, `0.5/h`.
package enum RateText {
    /// A unit of time; its raw value is its length in seconds.
    private enum Unit: Double, CaseIterable {
        case second = 1
        case minute = 60
        case hour = 3600

        var suffix: String {
            switch self {
            case .second: "s"
            case .minute: "m"
            case .hour: "h"
            }
        }
    }

    /// Reads a rate: a decimal number, `/` and one of `s`, `m`, `h`.
    ///
    /// - Returns: so many a second; nil for anything else.
    package static func perSecond(_ text: String) -> Double? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let unit = Unit.allCases.first(where: { $0.suffix == parts[1] }) else { return nil }
        let digits = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let isDecimal = digits.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { $0 &- 0x30 < 10 } }
        guard (1...2).contains(digits.count), isDecimal, let number = Double(parts[0]), number.isFinite else {
            return nil
        }
        return number / unit.rawValue
    }

    /// Writes a rate in the unit that keeps it short; ``perSecond(_:)`` reads it back exactly.
    package static func text(perSecond rate: Double) -> String {
        let candidates = Unit.allCases.map { unit in
            let number = ((rate * unit.rawValue) * 1000).rounded() / 1000
            return "\(JSONValue.plain(number))/\(unit.suffix)"
        }
        let exact = candidates.filter { perSecond($0) == rate }
        return (rate >= 1 ? exact.first : exact.min { $0.utf8.count < $1.utf8.count }) ?? "\(rate)/s"
    }
}
