import ApeCore
import ApeMetrics
import ApeRun

/// The tables of a report as comma-separated values (RFC 4180): a header, CRLF at each line's end, fields quoted where
/// they must be. Durations are milliseconds, times ISO 8601 in UTC.
enum CSVTable: String, Sendable, CaseIterable {
    /// One row for each second and stage.
    case seconds
    /// One row for each stage's hold.
    case stages
    /// One row for each route of the target, over all holds.
    case routes
    /// One row for each condition of the user's own.
    case thresholds
    /// One row for each point of each figure that a server showed; a second, or more of a long run.
    case servers

    func text(_ report: RunReport) -> String {
        let rows: [[String]] =
            switch self {
            case .seconds: Self.seconds(report)
            case .stages: Self.stages(report)
            case .routes: Self.routes(report)
            case .thresholds: Self.thresholds(report)
            case .servers: Self.servers(report)
            }
        var text = ""
        for row in rows { text += row.map(Self.field).joined(separator: ",") + "\r\n" }
        return text
    }

    /// A line of words that no reader takes apart and no spreadsheet takes for a formula: text that begins like one is
    /// given an apostrophe in front (OWASP, "CSV Injection"). A combining mark makes no other beginning of it.
    static func field(_ text: String) -> String {
        let words = PlainText.line(text).unicodeScalars
        let isNumber = Double(String(words)) != nil
        let first = words.first { $0 != " " && $0 != "\u{FFFD}" }
        let startsFormula = !isNumber && first.map { formulaSigns.contains($0) } == true
        let safe = (startsFormula ? "'" : "") + String(words)
        let isSpecial = words.contains { [",", "\"", ";"].contains($0) } || words.first == " " || words.last == " "
        return isSpecial ? "\"" + safe.replacing("\"", with: "\"\"") + "\"" : safe
    }

    /// With their full-width twins, which some spreadsheets take for the same.
    private static let formulaSigns: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
    ]

    private static func seconds(_ report: RunReport) -> [[String]] {
        let stages = report.tables.stages
        let header = [
            "time", "stage", "phase", "target_agents", "assigned_agents", "active_agents", "workers", "gap_count",
            "gap_sum_ms", "gap_mean_ms", "gap_p50_ms", "gap_p95_ms", "gap_p99_ms", "ttft_count", "ttft_sum_ms",
            "ttft_mean_ms", "ttft_p50_ms", "ttft_p90_ms", "ttft_p95_ms", "ttft_p99_ms", "actions", "actions_2xx",
            "actions_3xx", "actions_4xx", "actions_5xx", "actions_error", "decisions", "decision_errors",
            "sessions_succeeded", "sessions_failed", "sessions_unfinished", "worst_cpu_percent",
            "worst_memory_percent", "worst_process_cpu_percent", "worst_process_memory_bytes", "worst_loop_lag_p99_ms",
        ]
        return [header] + report.seconds.map { row($0, stage: stages[$0.stage].name) }
    }

    private static func row(_ point: TimelinePoint, stage: String) -> [String] {
        let (gap, ttft, counts, host) = (point.gap, point.ttft, point.counts, point.host)
        var row = [Timestamp.text(micros: point.seconds.lowerBound * 1_000_000), stage, point.phase.rawValue]
        row += [
            "\(point.targetAgents)", places(point.assignedAgents, 0), places(point.activeAgents, 0), "\(point.workers)",
        ]
        row += ["\(gap.count)", milliseconds(gap.sumMicros), milliseconds(gap.meanMicros)]
        row += [gap.p50Micros, gap.p95Micros, gap.p99Micros].map(milliseconds)
        row += ["\(ttft.count)", milliseconds(ttft.sumMicros), milliseconds(ttft.meanMicros)]
        row += [ttft.p50Micros, ttft.p90Micros, ttft.p95Micros, ttft.p99Micros].map(milliseconds)
        row += [
            counts.actions, counts.actions2xx, counts.actions3xx, counts.actions4xx, counts.actions5xx,
            counts.actionErrors, counts.decisions, counts.decisionErrors, counts.sessionsSucceeded,
            counts.sessionsFailed, counts.sessionsUnfinished,
        ].map(String.init)
        row += [host.cpuPercent, host.memoryPercent, host.processCPUPercent].map { places($0, 1) }
        return row + ["\(host.processMemoryBytes)", milliseconds(host.loopLagP99Micros)]
    }

    private static func thresholds(_ report: RunReport) -> [[String]] {
        let header = ["threshold", "status", "measured", "low", "high", "limit", "unit", "samples", "marginal"]
        return [header]
            + report.verdict.thresholds.map { verdict in
                let condition = verdict.threshold.condition
                let figures = [
                    verdict.measured, verdict.interval?.low, verdict.interval?.high, condition.limit.value,
                ].map { $0.map { JSONValue.number($0).text } ?? "" }
                return [verdict.text, verdict.status.rawValue] + figures
                    + [condition.limit.unit, "\(verdict.samples)", verdict.isMarginal ? "true" : "false"]
            }
    }

    private static func servers(_ report: RunReport) -> [[String]] {
        let header = ["time", "second", "seconds", "server", "series", "kind", "unit", "value", "min", "max"]
        return [header]
            + report.tables.servers.flatMap { row in
                row.series.map(\.series).flatMap { series in
                    series.line.points.map { point -> [String] in
                        let figures = [point.figures.mean, point.figures.least, point.figures.greatest]
                        return [
                            Timestamp.text(micros: point.second * 1_000_000), "\(point.second)",
                            "\(series.line.pointSeconds)", row.server.name, series.name, series.kind.rawValue,
                            series.unit.rawValue,
                        ] + figures.map { $0.map { JSONValue.number($0).text } ?? "" }
                    }
                }
            }
    }

    private static let seriesHeader = ["count", "mean_ms", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "max_ms"]

    private static func stages(_ report: RunReport) -> [[String]] {
        let header =
            ["stage", "target_agents", "achieved_agents", "success", "hold_seconds"]
            + ["gap", "ttft"].flatMap { name in seriesHeader.map { "\(name)_\($0)" } }
            + GapBreakdown.Part.allCases.map { "gap_\($0.rawValue)_mean_ms" }
            + ["actions", "sessions_completed", "sessions_successful_stateful", "missing_seconds", "status"]
            + ["sessions_share_percent", "accounting_residual_percent"]
            + ["asked_sessions_per_second", "sessions_per_second", "late_percent", "lateness_p99_ms"]
            + [
                "tokens_in", "tokens_cached", "tokens_cache_write", "tokens_out", "tokens_reasoning",
                "tokens_estimated",
            ]
            + ["cost", "cost_per_successful_session"]
        let rows = report.tables.stages.map { stage -> [String] in
            var row = [stage.name, "\(stage.targetAgents)", stage.achievedAgents.map { "\($0)" } ?? ""]
            row += ["\(stage.isSuccess)", "\(stage.heldSeconds)"]
            row += series(stage.gap, mean: stage.mtbaMicros) + series(stage.ttft, mean: stage.ttftMicros)
            row += GapBreakdown.Part.allCases.map { milliseconds(stage.gapParts.meanMicros($0)) }
            row += ["\(stage.actions)", "\(stage.sessions.plain.trials)", "\(stage.sessions.plain.count)"]
            row += ["\(stage.completeness.missingSeconds)", stage.status.rawValue]
            row += [stage.sessions.value.map { places(100 * $0, 3) } ?? "", stage.accounting.residual]
            return row + arrivals(stage.arrivals) + tokens(stage.tokens)
        }
        return [header] + rows
    }

    private static func arrivals(_ row: ArrivalRow?) -> [String] {
        guard let row else { return ["", "", "", ""] }
        return [
            places(row.figures.askedPerSecond, 3), row.figures.reachedPerSecond.map { places($0, 3) } ?? "",
            row.figures.lateShare.map { places(100 * $0, 3) } ?? "", milliseconds(row.lateness.p99Micros),
        ]
    }

    private static func tokens(_ row: TokenRow) -> [String] {
        let kinds: [KeyPath<TokenCount, Int64>] = [
            \.input, \.cached, \.cacheWrite, \.output, \.reasoning, \.estimated,
        ]
        return kinds.map { kind in row.tokens.map { "\($0[keyPath: kind])" } ?? "" }
            + [row.cost, row.costPerSession].map { $0.map { places($0, 8) } ?? "" }
    }

    private static func routes(_ report: RunReport) -> [[String]] {
        [["route"] + seriesHeader]
            + report.tables.answeringRoutes.map {
                [$0.name] + series($0.answers, mean: $0.answers.meanMicros)
            }
    }

    private static func series(_ series: SeriesRow, mean: Double?) -> [String] {
        let percentiles = [series.p50Micros, series.p90Micros, series.p95Micros, series.p99Micros]
        return ["\(series.count)", milliseconds(mean)] + (percentiles + [series.maxMicros]).map(milliseconds)
    }

    private static func milliseconds(_ micros: Int64?) -> String { milliseconds(micros.map(Double.init)) }

    private static func milliseconds(_ micros: Double?) -> String {
        micros.map { places($0 / 1_000, 3) } ?? ""
    }

    private static func places(_ value: Double, _ number: Int) -> String { Decimals.text(value, places: number) }
}
