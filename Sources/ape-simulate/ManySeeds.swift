import ApeTestKit
import ArgumentParser

/// Runs many seeds on all processors.
enum ManySeeds {
    /// The number of seeds of one task.
    private static let portion: UInt64 = 50

    static func run(_ seeds: Range<UInt64>) async throws {
        let clock = ContinuousClock()
        let start = clock.now
        var total = SimulationTotals()
        await withTaskGroup(of: SimulationTotals.self) { group in
            for first in stride(from: seeds.lowerBound, to: seeds.upperBound, by: UInt64.Stride(portion)) {
                let last = min(first + portion, seeds.upperBound)
                group.addTask {
                    (first..<last).reduce(into: SimulationTotals()) { totals, seed in
                        var simulation = Simulation(.random(seed: seed))
                        totals.add(simulation.run())
                    }
                }
            }
            for await part in group { total.add(part) }
        }
        print("\(total)")
        print("took \(clock.now - start)")
        for report in total.broken.sorted(by: { $0.seed < $1.seed }).prefix(20) {
            print("seed \(report.seed): \(report.violation ?? "")")
        }
        if let first = total.broken.map(\.seed).min() {
            print("For everything that happened: ape-simulate --seed \(first)")
            throw ExitCode.failure
        }
    }
}
