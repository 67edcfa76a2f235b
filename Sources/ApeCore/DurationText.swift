/// Durations as people write them: `300ms`, `90s`, `1.5s`, `5m`, `1h30m`, or a plain number in a unit that the
/// reader of it knows.
package enum DurationText {
    /// The longest duration that is read: 366 days, in microseconds.
    package static let maximumMicros: Int64 = 366 * 24 * 3600 * 1_000_000

    /// A unit, its raw value being its length in microseconds.
    package enum Unit: Int64, Sendable, CaseIterable {
        case microseconds = 1
        case milliseconds = 1_000
        case seconds = 1_000_000
        case minutes = 60_000_000
        case hours = 3_600_000_000

        /// How the unit is written after a number.
        package var suffix: String {
            switch self {
            case .microseconds: "us"
            case .milliseconds: "ms"
            case .seconds: "s"
            case .minutes: "m"
            case .hours: "h"
            }
        }
    }

    /// Reads a duration exactly.
    ///
    /// - Parameters:
    ///   - text: numbers with units, the greater unit first, such as `1h30m` or `1.5s`; or one plain number.
    ///   - unit: what a plain number counts.
    /// - Returns: microseconds; nil for anything else: a sign, a part finer than a microsecond, a unit that does not
    ///   shrink from part to part, or more than ``maximumMicros``.
    package static func micros(_ text: String, plainNumberIn unit: Unit) -> Int64? {
        var rest = Array(text.utf8)[...]
        var total: Int64 = 0
        var previous: Unit?
        repeat {
            guard let number = takeDecimal(&rest) else { return nil }
            let letters = rest.prefix { !isDigit($0) }
            rest = rest.dropFirst(letters.count)
            let suffix = String(decoding: letters, as: UTF8.self)
            let isPlain = suffix.isEmpty && previous == nil && rest.isEmpty
            guard let part = isPlain ? unit : Unit.allCases.first(where: { $0.suffix == suffix }) else { return nil }
            if let previous, previous.rawValue <= part.rawValue { return nil }
            guard let micros = number.micros(in: part), micros <= maximumMicros - total else { return nil }
            total += micros
            previous = part
        } while !rest.isEmpty
        return total
    }

    /// Writes a duration in the greatest unit that keeps it short; ``micros(_:plainNumberIn:)`` reads it back exactly.
    package static func text(micros: Int64) -> String {
        if micros < 0 { return "-" + text(micros: micros == .min ? .max : -micros) }
        if micros == 0 { return "0s" }
        for unit in [Unit.hours, .minutes] where micros % unit.rawValue == 0 { return decimal(micros, in: unit) }
        if micros >= Unit.seconds.rawValue { return decimal(micros, in: .seconds) }
        return decimal(micros, in: micros >= Unit.milliseconds.rawValue ? .milliseconds : .microseconds)
    }
}

extension DurationText {
    /// A decimal number as its digits without the point, and how many of them stand after it.
    private struct Decimal {
        var digits: Int64 = 0
        var fractionDigits = 0

        func micros(in unit: Unit) -> Int64? {
            let divisor = (0..<fractionDigits).reduce(Int128(1)) { power, _ in power * 10 }
            let (micros, rest) = (Int128(digits) * Int128(unit.rawValue)).quotientAndRemainder(dividingBy: divisor)
            return rest == 0 ? Int64(exactly: micros) : nil
        }
    }

    private static func takeDecimal(_ rest: inout ArraySlice<UInt8>) -> Decimal? {
        /// Enough for a microsecond of the greatest unit, and far from overflowing 64 bits.
        let maximumFractionDigits = 10
        var number = Decimal()
        guard takeDigits(&rest, into: &number) > 0 else { return nil }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            number.fractionDigits = takeDigits(&rest, into: &number)
            guard (1...maximumFractionDigits).contains(number.fractionDigits) else { return nil }
        }
        return number.digits < 0 ? nil : number
    }

    /// Takes digits and counts them; a number too great for 64 bits becomes negative.
    private static func takeDigits(_ rest: inout ArraySlice<UInt8>, into number: inout Decimal) -> Int {
        let run = rest.prefix(while: isDigit)
        rest = rest.dropFirst(run.count)
        for digit in run where number.digits >= 0 {
            let (tens, over) = number.digits.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int64(digit &- 0x30))
            number.digits = over || carry ? -1 : sum
        }
        return run.count
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10
    }

    private static func decimal(_ micros: Int64, in unit: Unit) -> String {
        let (whole, part) = micros.quotientAndRemainder(dividingBy: unit.rawValue)
        guard part > 0 else { return "\(whole)\(unit.suffix)" }
        let places = String(unit.rawValue).count - 1
        var fraction = String(repeating: "0", count: places - String(part).count) + String(part)
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(whole).\(fraction)\(unit.suffix)"
    }
}
