import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

extension VerdictTable {
    /// Workers that the sentence names.
    private static let namedWorkers = 3

    /// One sentence on what is missing and what came between; nothing for a run of which everything came in.
    var completenessLines: [String] {
        let parts = [missing, refused, moved, outages, stalls, pauses, excesses].compactMap { $0 }
        guard !parts.isEmpty else { return [] }
        return WrappedText.lines("Completeness: \(parts.joined(separator: "; ")).", width: width)
    }

    private var missing: String? {
        let row = report.tables.completeness
        guard row.run.missingSeconds > 0 else { return nil }
        var named = row.missing.prefix(Self.namedWorkers).map { "\($0.name) \($0.seconds) s" }
        if row.missing.count > named.count { named.append("\(row.missing.count - named.count) more") }
        return "\(row.run.missingSeconds) of \(row.run.expectedSeconds) worker seconds are missing "
            + "(\(named.joined(separator: ", ")))"
    }

    private var refused: String? {
        let refused = report.tables.completeness.workers.filter { $0.refused > 0 }
        guard let first = refused.first, let reason = first.refusedWindows.keys.min() else { return nil }
        let windows = refused.reduce(Int64(0)) { $0.addingClamped($1.refused) }
        let others = refused.count > 1 ? " and \(refused.count - 1) more" : ""
        return "\(windows.counting("window")) of \(first.name)\(others) could not be read (\(reason))"
    }

    private var moved: String? {
        guard let moves = report.tables.completeness.moves else { return nil }
        let from =
            moves.from.count > Self.namedWorkers ? "\(moves.from.count) workers" : moves.from.joined(separator: ", ")
        return "\(moves.agents) agents of \(from) changed workers, standing still for at most "
            + Decimals.text(Double(moves.longestMicros) / 1_000_000, places: 1) + " s"
            + (moves.stranded > 0 ? " (\(moves.stranded) of them found none before the end)" : "")
    }

    private var outages: String? {
        let row = report.tables.completeness
        return lost("the coordinator was away", row.outageMicros, in: row.outages.count, "outages")
    }

    private var stalls: String? {
        let row = report.tables.completeness
        return lost("the run's database took nothing", row.stallMicros, in: row.storeStalls.count, "stalls")
    }

    private var pauses: String? {
        let row = report.tables.completeness
        return lost("the run was paused", row.pauseMicros, in: row.pauses.count, "pauses")
    }

    /// For how long something was so, and how often; nil where it never was.
    private func lost(_ what: String, _ micros: Int64, in times: Int, _ noun: String) -> String? {
        guard times > 0 else { return nil }
        let seconds = Decimals.text(Double(micros) / 1_000_000, places: 1)
        return "\(what) for \(seconds) s" + (times > 1 ? " in \(times) \(noun)" : "")
    }

    private var excesses: String? {
        let names = report.tables.completeness.excessive
        guard !names.isEmpty else { return nil }
        var named = Array(names.prefix(Self.namedWorkers))
        if names.count > named.count { named.append("\(names.count - named.count) more") }
        return "\(named.joined(separator: ", ")) sent more than is taken from one worker"
    }
}
