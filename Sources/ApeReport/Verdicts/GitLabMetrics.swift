import ApeCore
import ApeMetrics
import ApeRun

/// The measured values as OpenMetrics text, which GitLab compares with the target branch's and shows in a merge request.
///
/// GitLab takes a line's first word (as a shell splits words) for the name and its second for the value, and compares
/// values as texts: so values have as many places as people are shown, and what was not measured has no line.
struct GitLabMetrics: Sendable {
    private let report: RunReport

    init(_ report: RunReport) {
        self.report = report
    }

    /// The whole text.
    var text: String {
        var lines: [String] = []
        for family in families where !family.samples.isEmpty {
            lines.append("# TYPE \(family.name) gauge")
            if let unit = family.unit { lines.append("# UNIT \(family.name) \(unit)") }
            lines.append("# HELP \(family.name) \(family.help)")
            lines += family.samples.map { "\(family.name)\(labels($0.labels)) \($0.value)" }
        }
        return (lines + ["# EOF"]).joined(separator: "\n") + "\n"
    }

    private struct Family {
        var name: String
        /// A unit ends its metric's name.
        var unit: String?
        var help: String
        var samples: [Sample]
    }

    private struct Sample {
        var labels: [(name: String, value: String)] = []
        var value: String
    }

    private var families: [Family] {
        var families = [
            Family(
                name: "ape_exit_code",
                help: "0 passed, 1 failed, 3 inconclusive, 4 the fleet could not run, 130 interrupted, 143 suspended.",
                samples: [Sample(value: "\(report.exitCode.rawValue)")]
            )
        ]
        families += report.tables.targets.map { row in
            let unit = row.target.unit.rawValue
            let sample = row.verdict.measured.map { [Sample(value: row.target.digits($0))] } ?? []
            return Family(
                name: "ape_\(row.target.key.rawValue)_\(unit)",
                unit: unit,
                help: "\(row.target.title). Target \(row.target.sentence).",
                samples: sample
            )
        }
        families.append(thresholds)
        families.append(capacity)
        families += stageFamilies
        let failed = Verdict.Status.allCases.map { status in
            Sample(labels: [("status", status.rawValue)], value: "\(report.conditions.count { $0.status == status })")
        }
        families.append(
            Family(name: "ape_conditions", help: "Targets and thresholds by what became of them.", samples: failed)
        )
        return families
    }

    private var capacity: Family {
        let samples = report.capacity.flatMap { capacity in
            capacity.level.map {
                [Sample(labels: [("of", capacity.search.quantity.rawValue)], value: capacity.search.digits($0))]
            }
        }
        return Family(name: "ape_capacity", help: "The most users at which the run passes.", samples: samples ?? [])
    }

    private var thresholds: Family {
        let samples = report.verdict.thresholds.map(ConditionRow.init).compactMap { row in
            row.digits.map { Sample(labels: [("condition", row.name), ("unit", row.unit)], value: $0) }
        }
        return Family(name: "ape_threshold", help: "What each threshold is held against.", samples: samples)
    }

    private var stageFamilies: [Family] {
        func family(_ name: String, unit: String, _ help: String, _ value: (StageRow) -> String?) -> Family {
            let samples = report.tables.stages.compactMap { stage in
                value(stage).map {
                    Sample(labels: [("stage", stage.name), ("agents", "\(stage.targetAgents)")], value: $0)
                }
            }
            return Family(name: "ape_stage_\(name)_\(unit)", unit: unit, help: help, samples: samples)
        }
        func seconds(_ micros: Double?) -> String? { micros.map { Decimals.text($0 / 1_000_000, places: 3) } }
        return [
            family("mtba", unit: "seconds", "Mean time between actions in a stage's hold.") { seconds($0.mtbaMicros) },
            family("ttft", unit: "seconds", "Mean time to first token in a stage's hold.") { seconds($0.ttftMicros) },
            family("success", unit: "percent", "Successful stateful sessions in a stage's hold.") {
                $0.sessions.value.map { Decimals.text(100 * $0, places: 1) }
            },
        ]
    }

    private func labels(_ labels: [(name: String, value: String)]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{\(labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ","))}"
    }

    /// A label's value. GitLab cuts a line at its first number sign, wherever that stands.
    private static func escaped(_ text: String) -> String {
        PlainText.line(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("#", with: "%23")
    }
}
