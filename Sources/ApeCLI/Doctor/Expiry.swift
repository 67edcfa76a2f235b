import ApeCore
import ApeProgram

/// The end of a certificate's time.
enum Expiry {
    /// A certificate that ends within these days is warned of.
    static let warningDays: Int64 = 14

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Seconds since 1970 of OpenSSL's writing, such as `Jun  1 12:00:00 2026 GMT`; nil for anything else.
    static func seconds(_ text: String) -> Int64? {
        let words = text.split(separator: " ")
        guard words.count == 5, words[4] == "GMT", let month = months.firstIndex(of: String(words[0])),
            let day = Int64(words[1]), (1...31).contains(day), let year = Int64(words[3]), (1970...9999).contains(year)
        else { return nil }
        let clock = words[2].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        return days(year, Int64(month) + 1, day) * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
    }

    /// Days from 1970-01-01 in the Gregorian calendar: Howard Hinnant's `days_from_civil`.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// What is to be said of a certificate that ends at `text`.
    static func finding(_ check: String, of what: String, _ text: String, _ nowSeconds: Int64) -> Finding {
        guard let end = seconds(text) else {
            return Finding(check, .note, "\(what) ends at a time that cannot be read: \"\(text.prefix(64))\".")
        }
        let days = (end - nowSeconds) / 86_400
        guard end > nowSeconds else {
            return Finding(check, .fault, "\(what) ended on \(text).", fix: ["have it renewed"])
        }
        let message = "\(what) is good for \(days.counting("day")), until \(text)."
        return days < warningDays
            ? Finding(check, .warning, message, fix: ["have it renewed"]) : Finding(check, .ok, message)
    }
}
