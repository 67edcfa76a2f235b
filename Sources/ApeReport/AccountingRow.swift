import ApeCore
import ApeMetrics
import ApeRun

/// What every format shows of where agents' time went.
package struct AccountingRow: Sendable, Equatable {
    /// nil where no worker gave an account.
    let accounting: Accounting?

    init(_ accounting: Accounting?) {
        self.accounting = accounting
    }

    /// Durations in seconds; null without an account.
    var json: JSONValue {
        guard let accounting else { return .null }
        var object: JSONObject = ["expected_agent_seconds": .seconds(accounting.expectedMicros)]
        for activity in AgentActivity.allCases {
            object["\(activity.rawValue)_seconds"] = .seconds(accounting[activity])
        }
        object["absent_seconds"] = .seconds(accounting.absentMicros)
        object["unreported_seconds"] = .seconds(accounting.unreportedMicros)
        object["residual_seconds"] = .seconds(accounting.residualMicros)
        object["residual_percent"] = .number(accounting.residualPercent)
        return .object(object)
    }

    /// One sentence for people.
    var sentence: String {
        guard let accounting else { return "Accounting: no worker told what its agents' time went to." }
        func share(_ micros: Int64, _ name: String) -> String? {
            guard micros != 0, accounting.expectedMicros > 0 else { return nil }
            let percent = 100 * Double(micros) / Double(accounting.expectedMicros)
            return "\(name) \(Decimals.text(percent, places: 1)) %"
        }
        let parts =
            AgentActivity.allCases.map { share(accounting[$0], $0.title) }
            + [share(accounting.absentMicros, "absent"), share(accounting.unreportedMicros, "unreported")]
        let seconds = Decimals.text(Double(accounting.expectedMicros) / 1_000_000, places: 0)
        return "Accounting of \(seconds) agent-seconds: "
            + (parts.compactMap { $0 } + ["residual \(residual) %"]).joined(separator: ", ") + "."
    }

    /// The residual in percent; empty without an account.
    var residual: String { accounting.map { Decimals.text($0.residualPercent, places: 2) } ?? "" }
}

extension AgentActivity {
    /// Its name for people.
    fileprivate var title: String { part?.title ?? "pause" }
}
