import ApeCore
import ApeMetrics
import ApeRun

extension Diagnosis {
    /// The most figures that one finding quotes.
    private static let quotedFigures = 2

    /// What the servers of the model show of a first token that comes late.
    var modelServers: [Recommendation.Evidence] {
        servers(of: .inference, "time to first token") { $0.ttft }
    }

    /// What the servers of the target show of its waits.
    var targetServers: [Recommendation.Evidence] {
        servers(of: .target, "the wait for the target") {
            SumAndCount(sumMicros: $0.parts.targetMicros, count: $0.parts.gaps)
        }
    }

    private func servers(
        of party: ScrapeTarget.Side,
        _ what: String,
        wait: (SecondTotals) -> SumAndCount
    ) -> [Recommendation.Evidence] {
        let stages = replay.soundStages
        let rises = ServerRise.all(in: replay.ledger, stages: stages, party: party, wait: wait)
        let found = rises.prefix(Self.quotedFigures).map { rise in
            Recommendation.Evidence(
                source: "servers[name=\(rise.server)].series[series=\(rise.series)]",
                value: rise.figure.to,
                unit: rise.unit.rawValue,
                words: rise.words(whatWaits: what)
            )
        }
        let silent = replay.ledger.servers.servers.filter { $0.party == party }.compactMap { server in
            ServerRise.silences(of: server, in: replay.ledger, stages).first.map { words in
                Recommendation.Evidence(
                    source: "servers[name=\(server.name)].notes",
                    value: 0,
                    unit: "figures",
                    words: "\(words): nothing is concluded from its figures"
                )
            }
        }
        return found + silent
    }

    /// The first figure that rose as a clause of a finding; nothing where none did.
    func clause(_ evidence: [Recommendation.Evidence]) -> String {
        evidence.first { $0.source.contains(".series[") }.map { "; \($0.words)" } ?? ""
    }
}
