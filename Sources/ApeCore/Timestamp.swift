/// Moments for people and programs: ISO 8601 in UTC with milliseconds.
package enum Timestamp {
    /// `micros` since 1970, such as `2026-11-24T01:45:00.250Z`; nothing beyond the year 9999.
    package static func text(micros: Int64) -> String {
        let limit: Int64 = 253_402_300_799_999_999
        let clamped = min(max(micros, 0), limit)
        let (days, time) = (clamped / 1000).quotientAndRemainder(dividingBy: 86_400_000)
        let (year, month, day) = civil(days)
        let clock = [time / 3_600_000, time / 60_000 % 60, time / 1000 % 60].map { padded($0, 2) }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(clock.joined(separator: ":"))"
            + ".\(padded(time % 1000, 3))Z"
    }

    /// The Gregorian date of a day counted from 1970 (Hinnant, "chrono-compatible low-level date algorithms").
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
