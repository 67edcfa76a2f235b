import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

extension VerdictTable {
    /// Workers that the sentence names.
    private static let namedWorkers = 3

    /// One sentence on what is missing and what came between; nothing for a run of which everything came in.
    var completenessLines: [String] {
        let parts = [missingWords, movedWords, outageWords].compactMap { $0 }
        guard !parts.isEmpty else { return [] }
        return WrappedText.lines("Completeness: \(parts.joined(separator: "; ")).", width: width)
    }

    private var missingWords: String? {
        let completeness = report.ledger.completeness
        guard completeness.missingSeconds > 0 else { return nil }
        let byWorker = Dictionary(grouping: completeness.missing, by: \.worker)
            .mapValues { $0.reduce(0) { $0 + $1.seconds.count } }
            .map { (name: $0.key.map(name) ?? "no worker there", seconds: $0.value) }
            .sorted { ($1.seconds, $0.name) < ($0.seconds, $1.name) }
        var named = byWorker.prefix(Self.namedWorkers).map { "\($0.name) \($0.seconds) s" }
        if byWorker.count > named.count { named.append("\(byWorker.count - named.count) more") }
        return "\(completeness.missingSeconds) of \(completeness.expectedSeconds) worker seconds are missing "
            + "(\(named.joined(separator: ", ")))"
    }

    private var movedWords: String? {
        let moves = report.ledger.books.reassignments.map(\.move)
        guard let longest = moves.map(\.stoodStill.micros).max() else { return nil }
        let agents = moves.reduce(0) { $0 + $1.agents }
        let stranded = moves.reduce(0) { $0 + ($1.to.isEmpty ? $1.agents : 0) }
        let workers = Set(moves.map(\.from)).map(name).sorted()
        let from = workers.count > Self.namedWorkers ? "\(workers.count) workers" : workers.joined(separator: ", ")
        return "\(agents) agents of \(from) changed workers, standing still for at most "
            + Decimals.text(Double(longest) / 1_000_000, places: 1) + " s"
            + (stranded > 0 ? " (\(stranded) of them found none before the end)" : "")
    }

    private var outageWords: String? {
        let outages = report.ledger.books.coordinatorOutages.map { $0.upperBound - $0.lowerBound }
        guard !outages.isEmpty else { return nil }
        let seconds = Decimals.text(Double(outages.reduce(0, +)) / 1_000_000, places: 1)
        return "the coordinator was away for \(seconds) s" + (outages.count > 1 ? " in \(outages.count) outages" : "")
    }

    private func name(_ worker: String) -> String {
        report.ledger.workers[worker]?.facts.name ?? worker
    }
}
