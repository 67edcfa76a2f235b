import ApeCore
import ApeMetrics
import ApeRun

/// The verdicts as JUnit XML, which CI systems show as tests: a case for each target, stage and goal.
///
/// FAIL is a failure, INCONCLUSIVE an error (the measurement went wrong, and the run did not pass), NOT_EXERCISED
/// skipped. A failure's `type` says whether it is critical: the exit code rests on critical targets and stages.
struct JUnitReport: Sendable {
    let report: RunReport

    init(_ report: RunReport) {
        self.report = report
    }

    /// One test case.
    struct Case {
        enum Result {
            case passed
            case failed(type: String)
            case open
            case skipped
        }

        var name: String
        var result: Result
        /// One line.
        var message: String
        /// Seconds that it took; nil where that says nothing.
        var seconds: Double?
        var output: String = ""
    }

    private struct Suite {
        var name: String
        var cases: [Case]
    }

    /// The whole document.
    var text: String {
        let suites = [
            Suite(name: "targets", cases: targets), Suite(name: "thresholds", cases: thresholds),
            Suite(name: "capacity", cases: capacity), Suite(name: "stages", cases: stages),
            Suite(name: "goals", cases: goals),
        ]
        let all = suites.flatMap(\.cases)
        var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
        let seconds = Double(report.durationMicros) / 1_000_000
        let name = "APE \(report.run.scenarioName)"
        lines.append("<testsuites \(attributes(name: name, all, seconds: seconds))>")
        let time = String(Timestamp.text(micros: report.run.startMicros).prefix(19))
        for (id, suite) in suites.enumerated() where !suite.cases.isEmpty {
            let sum = suite.cases.reduce(0) { $0 + ($1.seconds ?? 0) }
            let words = attributes(name: suite.name, suite.cases, seconds: sum)
            lines.append("  <testsuite \(words) id=\"\(id)\" timestamp=\"\(time)\" hostname=\"\(escaped(host))\">")
            if id == 0 { lines += properties }
            for item in suite.cases { lines += element(item, suite: suite.name) }
            lines.append("  </testsuite>")
        }
        return lines.joined(separator: "\n") + "\n</testsuites>\n"
    }

    private var targets: [Case] {
        report.tables.targets.map { row in
            let (target, details) = (row.target, row.verdict.details)
            let interval = row.interval.map { ", 95 % interval \($0.low) .. \($0.high)" } ?? ""
            let sentence =
                "\(target.title): \(row.amount ?? "not measured")\(interval), target \(target.sentence)"
            return Case(
                name: target.key.rawValue,
                result: Case.Result(row.status, isCritical: target.isCritical),
                message: row.status == .pass ? sentence : "\(sentence). \(details)",
                output: "\(sentence). \(details)"
            )
        }
    }

    private var thresholds: [Case] {
        report.verdict.thresholds.map { verdict in
            let sentence = "\(verdict.text): \(verdict.measuredText ?? "not measured"). \(verdict.details)"
            return Case(
                name: verdict.text,
                result: Case.Result(verdict.status, isCritical: true),
                message: sentence,
                output: sentence
            )
        }
    }

    private var stages: [Case] {
        report.verdict.decidingStages.map { report.tables.stages[$0] }.map { stage in
            let means =
                "MTBA \(FigureText.seconds(micros: stage.mtbaMicros)), "
                + "mean TTFT \(FigureText.seconds(micros: stage.ttftMicros))"
            return Case(
                name: "\(stage.name) (\(stage.targetAgents) agents)",
                result: Case.Result(stage.status, isCritical: true),
                message: stage.sentence,
                seconds: Double(stage.heldSeconds),
                output: "\(stage.sentence); \(means), \(stage.actions) actions"
            )
        }
    }

    private var goals: [Case] {
        report.tables.endedGoals.map {
            let result = Case.Result($0.status, isCritical: false)
            return Case(name: $0.name, result: result, message: $0.sentence, output: $0.sentence)
        }
    }

    private var properties: [String] {
        let words: [(String, String)] = [
            ("run", report.run.id), ("ape_version", report.run.apeVersion), ("subject", report.run.subject.sentence),
            ("outcome", report.verdict.outcome.name), ("exit_code", "\(report.exitCode.rawValue)"),
            ("seal", SealText(report).sentences.joined(separator: " ")),
            ("accounting", report.tables.accounting.sentence),
            ("accounting_residual_percent", report.tables.accounting.residual),
        ]
        let more = [("outcome_reason", report.outcomeReason), ("tokens", report.tables.tokens.sentence)]
            .compactMap { name, words in words.map { (name, $0) } }
        let failed = report.tables.sessionFailures.parties.map { ("failed_sessions_\($0.rawValue)", "\($1)") }
        let lines = (words + more + failed).map { "      <property name=\"\($0.0)\" value=\"\(escaped($0.1))\"/>" }
        return ["    <properties>"] + lines + ["    </properties>"]
    }

    private var host: String { report.environment["coordinator_host"]?.string ?? "localhost" }

    private func attributes(name: String, _ cases: [Case], seconds: Double) -> String {
        let counts: [(String, (Case) -> Bool)] = [
            ("tests", { _ in true }), ("failures", { if case .failed = $0.result { true } else { false } }),
            ("errors", { if case .open = $0.result { true } else { false } }),
            ("skipped", { if case .skipped = $0.result { true } else { false } }),
        ]
        let numbers = counts.map { "\($0.0)=\"\(cases.count(where: $0.1))\"" }.joined(separator: " ")
        return "name=\"\(escaped(name))\" \(numbers) time=\"\(Decimals.text(seconds, places: 3))\""
    }

    private func element(_ item: Case, suite: String) -> [String] {
        let time = Decimals.text(item.seconds ?? 0, places: 3)
        let message = escaped(item.message)
        var lines = ["    <testcase name=\"\(escaped(item.name))\" classname=\"ape.\(suite)\" time=\"\(time)\">"]
        switch item.result {
        case .passed: break
        case .failed(let type):
            lines.append("      <failure message=\"\(message)\" type=\"\(type)\">\(message)</failure>")
        case .open: lines.append("      <error message=\"\(message)\" type=\"INCONCLUSIVE\">\(message)</error>")
        case .skipped: lines.append("      <skipped message=\"\(message)\"/>")
        }
        if !item.output.isEmpty { lines.append("      <system-out>\(escaped(item.output))</system-out>") }
        return lines + ["    </testcase>"]
    }

    private func escaped(_ text: String) -> String { XMLText.escaped(text) }
}

extension JUnitReport.Case.Result {
    init(_ status: Verdict.Status, isCritical: Bool) {
        self =
            switch status {
            case .pass: .passed
            case .fail: .failed(type: isCritical ? "critical" : "not_critical")
            case .inconclusive: .open
            case .notExercised: .skipped
            }
    }
}
