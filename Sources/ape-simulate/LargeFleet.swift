import ApeTestKit
import ArgumentParser
import Glibc

/// Runs one large fleet and measures its time and memory.
enum LargeFleet {
    static func run(workers: Int, agents: Int) throws {
        let clock = ContinuousClock()
        let start = clock.now
        var simulation = Simulation(.large(workers: workers, agents: agents))
        let report = simulation.run()
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        var totals = SimulationTotals()
        totals.add(report)
        print("\(totals)")
        print("took \(clock.now - start), at most \(usage.ru_maxrss / 1024) MB")
        guard report.violation == nil else {
            print("\(report.violation ?? "")")
            throw ExitCode.failure
        }
    }
}
