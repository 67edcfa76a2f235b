import ApeCore
import ApeMetrics
import ApeRun

extension HTMLReport {
    /// The conditions of the user's own, each with what was measured; nothing where there are none.
    var thresholdsSection: Markup {
        let table = HTMLTable(
            label: "Thresholds",
            columns: [
                .init(title: "Threshold", isWide: true), .init(title: "Verdict"),
                .init(title: "Measured", isNumeric: true), .init(title: "95 % interval", isNumeric: true),
                .init(title: "Samples", isNumeric: true), .init(title: "What was measured", isWide: true),
            ],
            rows: report.verdict.thresholds.map(cells)
        )
        return section("Thresholds", table.markup)
    }

    private func cells(_ verdict: ThresholdVerdict) -> [HTMLTable.Cell] {
        let condition = verdict.threshold.condition
        let interval = verdict.interval.map { "\(condition.digits($0.low)) to \(condition.digits($0.high))" }
        return [
            .init("<code>\(verdict.text)</code>" as Markup), .init(chip(verdict.status, verdict.statusText)),
            .init(verdict.measuredText ?? "-", verdict.measured), .init(interval ?? "-"),
            .init("\(verdict.samples)", Double(verdict.samples)), .init(verdict.details),
        ]
    }
}
