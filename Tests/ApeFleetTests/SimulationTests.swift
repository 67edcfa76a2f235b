import ApeCore
import ApeTestKit
import Testing

@testable import ApeFleet

@Suite("Fleets, simulated")
struct SimulationTests {
    @Test("A fleet without faults runs its plan, loses nothing and moves nobody")
    func plainRun() throws {
        var setup = SimulationSetup.random(seed: 1)
        setup.faults = []
        var simulation = Simulation(setup, tracing: true)
        let report = simulation.run()
        #expect(report.violation == nil, "\(simulation.trace.suffix(200).joined(separator: "\n"))")
        #expect(report.outcome == .finished)
    }

    @Test("Whatever goes wrong, every promise is kept", arguments: 0..<4)
    func seeds(quarter: UInt64) {
        for seed in (quarter * 250)..<(quarter * 250 + 250) {
            var simulation = Simulation(.random(seed: seed))
            let report = simulation.run()
            #expect(report.violation == nil, "seed \(seed): run `make simulate SEED=\(seed)` for its trace")
        }
    }
}
