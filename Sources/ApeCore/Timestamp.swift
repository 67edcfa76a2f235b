/// Moments for people and programs: ISO 8601 in UTC with milliseconds.
package enum Timestamp {
    /// A moment of fleet time as ``text(micros:)`` writes it.
    package static func text(_ time: FleetTime) -> String {
        text(micros: time.micros)
    }

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

    /// `seconds` since 1970 as HTTP writes it, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    package static func httpDate(seconds: Int64) -> String {
        let (days, time) = max(seconds, 0).quotientAndRemainder(dividingBy: 86_400)
        let (year, month, day) = civil(days)
        // 1970 began on a Thursday.
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][Int(days % 7)]
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = [time / 3600, time / 60 % 60, time % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(weekday), \(padded(day, 2)) \(names[Int(month) - 1]) \(padded(year, 4)) \(clock) GMT"
    }

    /// What ``text(micros:)`` wrote, in microseconds; nil for anything else.
    package static func micros(_ text: String) -> Int64? {
        let numbers = text.split { "-T:.Z".contains($0) }.map { Int64($0) }
        guard text.utf8.count == 24, numbers.count == 7, !numbers.contains(nil) else { return nil }
        let parts = numbers.compactMap { $0 }
        let time = ((parts[3] * 60 + parts[4]) * 60 + parts[5]) * 1_000 + parts[6]
        let micros = (days(parts[0], parts[1], parts[2]) * 86_400_000 + time) * 1_000
        return Self.text(micros: micros) == text ? micros : nil
    }

    /// The day of a Gregorian date, counted from 1970; the inverse of ``civil(_:)``.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
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
