/// Reads what stands behind a condition's comparison: a number with the unit that its statistic asks for.
enum ThresholdLimitText {
    /// The greatest number that is read.
    private static let greatest = 1e15

    /// Reads a limit.
    ///
    /// - Parameters:
    ///   - text: such as `500ms`, `2 %`, `1/s` or `10`, blanks at its ends left out.
    ///   - statistic: what it limits.
    ///   - name: of what; a server's own figures have units of many kinds.
    ///   - column: where it begins in the condition, in characters from 1.
    /// - Returns: the limit.
    /// - Throws: ``ThresholdMistake`` for a limit that the statistic cannot be held against.
    static func read(
        _ text: String,
        for statistic: ThresholdCondition.Statistic,
        of name: String,
        column: Int
    ) throws(ThresholdMistake) -> ThresholdCondition.Limit {
        let isServers = name == ThresholdCondition.serverName
        let limit: ThresholdCondition.Limit? =
            switch statistic {
            case .mean, .min, .max, .percentile: isServers ? ofServer(text) : duration(text)
            case .share: percent(text)
            case .rate: rate(text)
            case .count: number(text).map { .number($0) }
            }
        if let limit { return limit }
        throw ThresholdMistake(
            (text.isEmpty ? "the limit is missing" : "`\(text.prefix(40))` is no limit of it") + ": "
                + (isServers && statistic.isDuration ? formOfServers : form(of: statistic)),
            column: column
        )
    }

    private static func form(of statistic: ThresholdCondition.Statistic) -> String {
        switch statistic {
        case .mean, .min, .max, .percentile: "a duration with its unit, such as 500ms or 1.5s"
        case .share: "a percentage from 0% to 100%, such as 2%"
        case .rate: "a number in a second, minute or hour, such as 1/s or 30/m"
        case .count: "a number without a unit, such as 10"
        }
    }

    private static let formOfServers = "a number, or one with its unit, such as 40, 500ms, 90%, 20/s or 4GiB"

    /// A server's figure has the unit that its series' name tells.
    private static func ofServer(_ text: String) -> ThresholdCondition.Limit? {
        number(text).map { .number($0) } ?? share(text) ?? rate(text) ?? ByteText.bytes(text).map { .bytes($0) }
            ?? duration(text)
    }

    /// Of one that may be more than the whole, as several CPUs are.
    private static func share(_ text: String) -> ThresholdCondition.Limit? {
        text.hasSuffix("%") ? number(text.dropLast()).map { .percent($0) } : nil
    }

    private static func duration(_ text: String) -> ThresholdCondition.Limit? {
        let digits = text.filter { $0 != " " }
        guard digits.contains(where: \.isLetter) else { return nil }
        return DurationText.micros(digits, plainNumberIn: .seconds).map { .duration(micros: $0) }
    }

    private static func percent(_ text: String) -> ThresholdCondition.Limit? {
        guard text.hasSuffix("%"), let value = number(text.dropLast()), value <= 100 else { return nil }
        return .percent(value)
    }

    private static func rate(_ text: String) -> ThresholdCondition.Limit? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let value = number(parts[0]) else { return nil }
        switch parts[1].filter({ $0 != " " }) {
        case "s", "sec", "second": return .perSecond(value)
        case "m", "min", "minute": return .perMinute(value)
        case "h", "hour": return .perHour(value)
        default: return nil
        }
    }

    private static func number(_ text: some StringProtocol) -> Double? {
        let digits = String(text).filter { $0 != " " }
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let value = Double(digits),
            value.isFinite, value <= greatest
        else { return nil }
        return value
    }
}
