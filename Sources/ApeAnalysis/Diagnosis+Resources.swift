import ApeCore
import ApeMetrics
import ApeRun

extension Diagnosis {
    /// Saturated workers: what they measured is their own work, and says nothing about the target.
    var saturation: Recommendation? {
        let ledger = replay.ledger
        let saturated = verdict.saturations
        guard
            let worst = saturated.max(by: {
                ledger.stages[$0.stage].stage.agents < ledger.stages[$1.stage].stage.agents
            })
        else { return nil }
        let agents = ledger.stages[worst.stage].stage.agents
        let present = max(1, ledger.workers.values.filter { $0.stages[worst.stage] != nil }.count)
        // A worker can be given what another ran without being saturated.
        let sound = replay.soundStages.flatMap { stage in
            ledger.workers.values.compactMap { $0.stages[stage]?.peakAssigned }
        }.max()
        let fitting = sound.map { Int(saturating: (Double(agents) / Double(max(1, $0))).rounded(.up)) } ?? 0
        let workers = max(present + 1, min(fitting, 100 * present), fitting == 0 ? 2 * present : 0)
        let open = verdict.verdicts.filter { $0.status == .inconclusive }.map(\.key)
        let names = Set(saturated.map(\.workerName)).sorted()
        return Recommendation(
            id: "resources-workers",
            category: .resources,
            cause: .harness,
            description: "The load generator was the bottleneck in stage \(ledger.stages[worst.stage].stage.name): "
                + "\(worst.sentence). Its latencies say nothing about the target.",
            action: "Run \(workers) workers instead of \(present) for \(agents) agents, on hosts with CPU to spare.",
            steps: [
                "See whether anything else uses the CPU of \(names.prefix(3).joined(separator: ", ")).",
                "Add worker hosts, or start with fewer agents.", "Run again: saturation must be empty.",
            ],
            evidence: saturated.prefix(3).map {
                .init(
                    source: "saturation[worker=\($0.workerName)]",
                    value: Double(max($0.laggingWindows, $0.cpuBoundWindows)) / Double(max(1, $0.holdWindows)),
                    unit: "share of windows",
                    words: "stage \(ledger.stages[$0.stage].stage.name), \($0.sentence)"
                )
            },
            concerns: Set(open),
            explains: open.isEmpty ? 0 : 1,
            outcome: open.isEmpty
                ? "Latencies of the stage become evidence"
                : "Decides what is open now: \(open.map(\.rawValue).joined(separator: ", "))"
        )
    }

    /// The client's own work, where it is a large part of the gap.
    var overhead: Recommendation? {
        guard share(.overhead) >= leastShare, gaps.overheadMicros > 0 else { return nil }
        let cut = GapCut([.overhead: 1])
        return Recommendation(
            id: "resources-overhead",
            category: .resources,
            cause: .harness,
            description: "The load generator's own work is \(FigureText.percent(share(.overhead))) of the mean gap.",
            action: "Run twice the workers, or workers on faster CPUs.",
            steps: ["Compare workers[].host_in_holds with its limits.", "Add workers and run again."],
            evidence: [evidence(.overhead)],
            improvements: replay.mtba(cut),
            cut: cut,
            explains: share(.overhead)
        )
    }

    /// The pause that the scenario asks for, where it stands between MTBA and its target.
    var think: Recommendation? {
        guard failsMTBA, share(.think) >= Self.materialShare else { return nil }
        let fraction = fraction(of: .think)
        let mean = seconds(gaps.thinkMicros, of: gaps.gaps)
        return Recommendation(
            id: "scenario-think",
            category: .performance,
            cause: .scenario,
            description: "The scenario's own pauses are \(FigureText.percent(share(.think))) of the mean gap.",
            action: "Set pacing.think to \(Decimals.text(1_000 * mean * (1 - fraction), places: 0))ms, or set "
                + "kpi_targets to what users with these pauses may expect.",
            steps: ["Decide how long real users think.", "Set pacing.think or kpi_targets accordingly."],
            evidence: [evidence(.think)],
            improvements: replay.mtba(GapCut([.think: fraction])),
            cut: GapCut([.think: fraction]),
            explains: share(.think)
        )
    }

    /// Worker hosts that use more than their targets allow. A busy CPU is a finding only where it has made the load
    /// generator late: otherwise it says nothing of the run.
    var hosts: [Recommendation] {
        let keys: [(KPIKey, String)] = [(.systemCPUEfficiency, "CPU"), (.systemMemoryEfficiency, "memory")]
        return keys.compactMap { key, noun in
            guard let failed = verdict[key], failed.status == .fail, let measured = failed.measured,
                key != .systemCPUEfficiency || !verdict.saturations.isEmpty
            else { return nil }
            let stage = replay.ledger.largestStage ?? 0
            let present = Set(replay.ledger.workers.values.filter { $0.stages[stage] != nil }.map(\.facts.host)).count
            let factor = measured / (Self.margin * failed.target.value)
            let needed = max(present + 1, Int(saturating: (Double(present) * factor).rounded(.up)))
            return Recommendation(
                id: "resources-\(noun.lowercased())",
                category: .resources,
                cause: .harness,
                description: failed.details,
                action: "Spread the agents over \(needed) worker hosts instead of \(present).",
                steps: [
                    whoseCPU(stage, key),
                    "Add worker hosts and run again.",
                ],
                evidence: [
                    .init(
                        source: "workers[].host_in_holds",
                        value: measured,
                        unit: "percent",
                        words: failed.details.withoutStop
                    )
                ],
                improvements: [replay.host(key, workers: needed, insteadOf: present)].compactMap { $0 }
            )
        }
    }

    /// Whose process used a host's CPU.
    private func whoseCPU(_ stage: Int, _ key: KPIKey) -> String {
        let own = replay.ledger.workers.values.compactMap { $0.stages[stage]?.peakProcessCPUPercent }.max() ?? 0
        guard key == .systemCPUEfficiency else { return "See what else runs on the hosts." }
        return
            "The busiest worker's own process used up to \(Decimals.text(own, places: 0)) % of it: see what used the rest."
    }
}
