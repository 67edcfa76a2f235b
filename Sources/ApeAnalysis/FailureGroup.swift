import ApeCore
import ApeMetrics
import ApeRun

/// Failed sessions that one thing at the target explains.
struct FailureGroup {
    enum Kind: Hashable {
        /// No answer came, whatever was asked for.
        case noAnswer
        /// Its rate limit, whatever was asked for.
        case rateLimit
        /// It refuses what it handed out itself.
        case forgets(route: String)
        /// Its answer is one of success whose body says otherwise.
        case wrongAnswer(route: String)
        /// It answers a route with a status that it must not have.
        case status(route: String)
    }

    let kind: Kind
    /// The most frequent first.
    let rows: [FailureTable.Row]

    var count: Int64 { rows.sessions }
    /// The route that is to blame; nil where none is.
    var route: String? {
        switch kind {
        case .noAnswer, .rateLimit: nil
        case .forgets(let route), .wrongAnswer(let route), .status(let route): route
        }
    }
    /// Whether agents waited for what did not come.
    var isWait: Bool { rows.contains { AttemptFault.waits.contains($0.reason) } }

    /// What the target failed, the most frequent first.
    ///
    /// - Parameters:
    ///   - table: what failed.
    ///   - route: the route that failed most, for rows of a worker that does not tell theirs.
    /// - Returns: one group for each thing that went wrong.
    static func groups(of table: FailureTable, likely route: String?) -> [FailureGroup] {
        Dictionary(grouping: table.rows(of: .target)) { Kind($0, likely: route) }
            .map { FailureGroup(kind: $0.key, rows: $0.value.sorted { $0.count > $1.count }) }
            .sorted { ($0.count, $1.name) > ($1.count, $0.name) }
    }

    /// A stable name for the finding.
    var name: String {
        switch kind {
        case .noAnswer: "target-no-answer"
        case .rateLimit: "target-rate-limit"
        case .forgets(let route): "target-forgets \(route)"
        case .wrongAnswer(let route): "target-wrong-answer \(route)"
        case .status(let route): "target-errors \(route)"
        }
    }

    /// The statuses or faults with their numbers, such as `500 on POST /order (12)`.
    var places: String {
        rows.prefix(3).map { row in
            let what = row.status.map { "\($0)" } ?? row.reason.rawValue
            return "\(what)\(row.route.map { " on \($0)" } ?? "") (\(row.count))"
        }.joined(separator: ", ")
    }
}

extension FailureGroup.Kind {
    fileprivate init(_ row: FailureTable.Row, likely: String?) {
        let route = row.route ?? likely ?? "an unknown route"
        switch row.reason {
        case .target429: self = .rateLimit
        case .wrongAnswer, .missingValue(.target): self = .wrongAnswer(route: route)
        case .target4xx where row.status == 401 || row.status == 403: self = .forgets(route: route)
        case .target4xx, .target5xx, .unexpectedStatus: self = .status(route: route)
        default: self = .noAnswer
        }
    }
}

extension AttemptFault {
    /// The reasons of sessions that waited in vain.
    fileprivate static let waits: Set<FailureReason> = [
        .targetTimeout, .targetUnanswered, .inferenceUnanswered, .inference(.timeout), .timeLimit(.target),
        .timeLimit(.inference),
    ]
}
