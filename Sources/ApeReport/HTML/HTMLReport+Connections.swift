import ApeCore
import ApeMetrics
import ApeRun

extension HTMLReport {
    /// The connections to each target and to the model's endpoint; nothing where none was opened or tried.
    var connectionsSection: Markup {
        let rows = report.tables.connections
        guard !rows.isEmpty else { return .empty }
        let titles = ["Opened", "Reuses", "Failed", "Sent again", "Connect", "Connect p99", "TLS", "TLS p99"]
        let words = "The whole run. Sent again: requests whose connection ended before the answer, where that is safe."
        return section(
            "Connections",
            table("Connections", "To", titles, rows.map { [HTMLTable.Cell($0.title)] + cells($0) }),
            "<p class=\"muted\">\(words)</p>"
        )
    }

    private func cells(_ row: ConnectionRow) -> [HTMLTable.Cell] {
        [row.opened, row.reused, row.failed, row.repeated].map { count($0) }
            + [
                seconds(row.connect.meanMicros), seconds(row.connect.p99Micros), seconds(row.tls.meanMicros),
                seconds(row.tls.p99Micros),
            ]
    }
}
