import ApeTransfer

/// Reads a `Retry-After` header (RFC 9110, section 10.2.3): seconds, or a date in the preferred form
/// `Sun, 06 Nov 1994 08:49:37 GMT`.
package enum RetryAfter {
    /// How long an answer asks to wait: OpenAI's and Anthropic's `retry-after-ms` before the standard's header.
    ///
    /// - Parameters:
    ///   - response: the answer.
    ///   - wallSeconds: seconds since 1970, where the answer has no date.
    /// - Returns: microseconds, at least 0; nil where it does not say.
    package static func micros(of response: TransferResponse, wallSeconds: Int64) -> Int64? {
        if let text = response.header("retry-after-ms"), let wait = Double(text), wait >= 0, wait.isFinite {
            return Int64(min(wait, 1e12) * 1000)
        }
        return response.header("retry-after").flatMap {
            micros($0, date: response.header("date"), wallSeconds: wallSeconds)
        }
    }

    /// How long to wait.
    ///
    /// - Parameters:
    ///   - value: the header.
    ///   - date: the answer's own `Date` header: against it a date means the same on every host.
    ///   - wallSeconds: seconds since 1970, where the answer has no date.
    /// - Returns: microseconds, at least 0; nil for anything that cannot be read.
    package static func micros(_ value: String, date: String?, wallSeconds: Int64) -> Int64? {
        if let seconds = Double(value), seconds.isFinite {
            guard seconds >= 0 else { return nil }
            return Int64(min(seconds, 1e9) * 1_000_000)
        }
        guard let then = self.seconds(ofDate: value) else { return nil }
        let now = date.flatMap(seconds(ofDate:)) ?? wallSeconds
        return max(0, then - now) * 1_000_000
    }

    /// Seconds since 1970 of a date in the preferred form.
    static func seconds(ofDate text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int64(parts[1]), (1...31).contains(day),
            let year = Int64(parts[3]), (1970...9999).contains(year),
            let month = months.firstIndex(of: String(parts[2])).map({ Int64($0) + 1 })
        else { return nil }
        let time = parts[4].split(separator: ":").compactMap { Int64($0) }
        guard time.count == 3, (0..<24).contains(time[0]), (0..<60).contains(time[1]), (0...60).contains(time[2]) else {
            return nil
        }
        return days(year: year, month: month, day: day) * 86_400 + time[0] * 3600 + time[1] * 60 + time[2]
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Days from 1970-01-01 to a date of the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date
    /// algorithms", `days_from_civil`).
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
