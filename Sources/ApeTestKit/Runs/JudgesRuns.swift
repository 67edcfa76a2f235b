import ApeCore
import ApeMetrics
import ApeRun

/// Runs that verdicts are tested on.
package protocol JudgesRuns {}

extension JudgesRuns {
    /// A run of both load classes up to 1,000 agents in which every second is healthy.
    package func healthyRun(
        agents: [Int] = [10, 1_000],
        _ change: (inout Window, String, Int) -> Void = { _, _, _ in }
    ) -> LedgerFixture {
        var fixture = LedgerFixture(agents: agents)
        for stage in agents.indices {
            fixture.run(stage: stage) { window, worker, second in
                LedgerFixture.healthy(&window)
                change(&window, worker, second)
            }
        }
        return fixture
    }

    package func judged(
        _ fixture: LedgerFixture,
        _ rules: JudgingRules = JudgingRules(),
        outcome: RunOutcome = .finished
    ) -> RunVerdict {
        RunVerdict(judging: fixture.ledger, rules: rules, outcome: outcome)
    }

    package func verdict(_ fixture: LedgerFixture, _ key: KPIKey, _ rules: JudgingRules = JudgingRules()) throws
        -> Verdict
    {
        guard let verdict = judged(fixture, rules)[key] else {
            throw ApeError(.usage, "No verdict on \(key.rawValue)")
        }
        return verdict
    }

    package func histogram(_ values: [Int64]) -> Histogram {
        values.reduce(into: Histogram()) { $0.record($1) }
    }
}
