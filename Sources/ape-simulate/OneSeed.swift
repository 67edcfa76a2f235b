import ApeTestKit
import ArgumentParser

/// Runs one seed and prints everything that happens.
enum OneSeed {
    static func run(_ seed: UInt64) throws {
        var simulation = Simulation(.random(seed: seed), tracing: true)
        let report = simulation.run()
        for line in simulation.trace { print(line) }
        print("seed \(seed): \(report.violation ?? "every promise was kept"), \(report.end)")
        if report.violation != nil { throw ExitCode.failure }
    }
}
