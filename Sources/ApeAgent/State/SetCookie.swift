import ApeCore
import ApeTransfer

/// One `Set-Cookie` header of an answer, read as browsers do (RFC 6265, section 5.2).
struct SetCookie {
    let name: Substring
    /// As it was sent, its percent-encoding included.
    let value: Substring
    /// Whether it takes the cookie away: its time is over when it comes.
    private(set) var isCleared = false
    /// Cookies of one name but another place are kept beside each other.
    private var domain: Substring = ""
    private var path: Substring = ""

    /// - Parameters:
    ///   - line: the header's value.
    ///   - date: the answer's own `Date`, against which `Expires` means the same on every host.
    init?(_ line: String, date: String?) {
        var attributes = line.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)[...]
        guard let pair = attributes.popFirst(), let equals = pair.firstIndex(of: "="), equals > pair.startIndex else {
            return nil
        }
        name = Self.trimmed(pair[..<equals])
        value = Self.trimmed(pair[pair.index(after: equals)...])
        var maxAge: Substring?
        var expires: Substring?
        for attribute in attributes {
            let parts = attribute.split(separator: "=", maxSplits: 1).map(Self.trimmed)
            guard parts.count == 2 else { continue }
            switch parts[0].lowercased() {
            case "max-age": maxAge = parts[1]
            case "expires": expires = parts[1]
            case "domain": domain = parts[1]
            case "path": path = parts[1]
            default: break
            }
        }
        if let seconds = maxAge.flatMap({ DecimalNumber($0) }), let zero = DecimalNumber("0") {
            isCleared = seconds <= zero
        } else if let end = expires.flatMap({ Self.moment($0) }) {
            isCleared = end <= date.flatMap { Self.moment($0[...]) } ?? Self.longAgo
        }
    }

    /// What an answer says of the cookie `name`, in order.
    static func all(_ name: String, in response: TransferResponse) -> [SetCookie] {
        let lines = response.headers.values("set-cookie")
        guard !lines.isEmpty else { return [] }
        let date = response.header("date")
        return lines.compactMap { SetCookie($0, date: date) }.filter { $0.name == name }
    }

    /// The value that is left once all is done that was said of one cookie, its percent-encoding resolved; nil where it was
    /// not set, or taken away again.
    static func value(_ cookies: [SetCookie]) -> String? {
        let left = cookies.reduce(into: [SetCookie]()) { left, cookie in
            left.removeAll { $0.domain == cookie.domain && $0.path == cookie.path }
            if !cookie.isCleared { left.append(cookie) }
        }
        return left.last.map { PercentEncoding.decoded(String($0.value)) }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let start = text.drop(while: isBlank)
        return start[..<(start.lastIndex { !isBlank($0) }.map { start.index(after: $0) } ?? start.startIndex)]
    }

    /// What counts as past in an answer without a date of its own.
    private static let longAgo = 2000_01_01_00_00_00

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// A date and time as one number that grows with it, from any of the forms that cookies have, such as
    /// `Thu, 01-Jan-1970 00:00:01 GMT`; nil for what has no year.
    private static func moment(_ text: Substring) -> Int? {
        var (year, month, day, time): (Int?, Int, Int?, Int) = (nil, 1, nil, 0)
        for word in text.split(whereSeparator: { ", -".contains($0) }) {
            let clock = word.split(separator: ":").compactMap { Int($0) }
            if clock.count == 3 {
                time = clock.reduce(0) { $0 * 100 + min(max($1, 0), 99) }
            } else if let number = Int(word), (0...9999).contains(number) {
                if day == nil, word.utf8.count <= 2 {
                    day = number
                } else if year == nil {
                    year = number < 70 ? 2000 + number : number < 100 ? 1900 + number : number
                }
            } else if let index = months.firstIndex(of: word.prefix(3).lowercased()) {
                month = index + 1
            }
        }
        return year.map { (($0 * 100 + month) * 100 + (day ?? 1)) * 1_000_000 + time }
    }
}
