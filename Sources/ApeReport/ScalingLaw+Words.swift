import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeRun

extension ScalingAnalysis {
    /// The law in sentences, or why there is none; the same in every format. `targets` are those of MTBA.
    func words(mtbaTargets targets: [KPITarget]) -> String {
        guard let law else { return "Scaling law: not fitted. \(reason ?? "")" }
        let sentences = [law.words, rivalSentence, law.mtbaLimit(targets)?.sentence(law)]
        return sentences.compactMap { $0 }.joined(separator: " ")
    }

    /// The stages may not tell one law from the other.
    private var rivalSentence: String? {
        guard let law, let taken = candidates.first(where: { $0.kind == law.kind }),
            let rival = candidates.first(where: { $0.kind != law.kind && $0.fits }),
            rival.criterion <= taken.criterion + Self.criterionTie
        else { return nil }
        return "The stages do not tell it from \(rival.kind.words)."
    }
}

extension ScalingLaw {
    /// What was found, with the interval of each figure.
    fileprivate var words: String {
        let fit = "(R² \(Decimals.text(rSquared, places: 3)))"
        if let queue {
            let servers = queue.service.map { service in
                " by about \(service.servers.words(places: 1)) servers that each take "
                    + "\(service.time.words(places: 3)) s (\(service.parts.map(\.words).joined(separator: ", ")))"
            }
            return "Scaling law \(fit): a queue. An agent that never waits takes "
                + "\(queue.cycle.words(places: 3)) s for an action. At most "
                + "\(queue.greatest.words(places: 1)) actions a second are done\(servers ?? ""); "
                + "\(queue.knee.words(places: 1)) agents reach that, and more only wait."
        }
        var words = "Scaling law \(fit): contention."
        if let sigma { words += " Contention is \(Self.share(sigma))" }
        words += kappa.map { ", coherency \(Self.share($0))." } ?? ", without coherency."
        if let peakAgents, let peakThroughput {
            words +=
                " Throughput peaks at about \(peakAgents.words(places: 0)) agents with "
                + "\(peakThroughput.words(places: 1)) actions a second."
        } else {
            words += " Throughput grows as far as the law reaches, \(Decimals.text(reach, places: 0)) agents"
            words += peakThroughput.map { ", and never beyond \($0.words(places: 1)) actions a second." } ?? "."
        }
        return words
    }

    /// A small number to three digits.
    private static func share(_ estimate: Estimate) -> String {
        func short(_ value: Double) -> String {
            value > 0 && value < 0.001
                ? Decimals.text(value * 1e6, places: 2) + "·10⁻⁶" : Decimals.text(value, places: 4)
        }
        return "\(short(estimate.value)) (95 %: \(short(estimate.interval.low)) .. \(short(estimate.interval.high)))"
    }
}

extension MTBALimit {
    /// Where MTBA reaches its target, such as `MTBA would pass 1.5 s at about 740 agents (95 %: 702 .. 781).`
    func sentence(_ law: ScalingLaw) -> String {
        let limit = target.amount(target.value)
        guard let agents else {
            return "MTBA stays below \(limit) up to \(Decimals.text(law.reach, places: 0)) agents, as far as the law "
                + "reaches."
        }
        let most = law.points.last?.agents ?? 0
        let beyond = agents > most ? ", beyond the \(Decimals.text(most, places: 0)) that were measured" : ""
        let low = Decimals.text(low ?? 1, places: 0)
        let range = high.map { "95 %: \(low) .. \(Decimals.text($0, places: 0))" } ?? "95 %: \(low) or more"
        return "MTBA would pass \(limit) at about \(Decimals.text(agents, places: 0)) agents (\(range))\(beyond)."
    }
}

extension RunVerdict {
    /// What MTBA was judged by, under 500 agents and from 500 on.
    var mtbaTargets: [KPITarget] {
        KPIKey.means(of: .gap).map { self[$0]?.target ?? KPITarget($0) }
    }
}
