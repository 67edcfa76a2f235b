import ApeTestKit
import ArgumentParser

/// `ape-simulate`: runs whole fleets on a virtual clock, injects faults, and checks every guarantee.
@main
struct ApeSimulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ape-simulate",
        abstract: "Run simulated fleets and check what APE promises of a fleet.",
        discussion: """
            Every seed is one fleet with its own plan, clocks, network and faults. The same seed always gives the \
            same run, so a seed that breaks a promise is told with --seed, which prints everything that happened.

            Examples:
              ape-simulate --seeds 10000
              ape-simulate --seed 4711
              ape-simulate --workers 5000 --agents 1000000
            """
    )

    @Option(help: ArgumentHelp("How many seeds to run.", valueName: "count"))
    var seeds: UInt64 = 1000

    @Option(help: ArgumentHelp("The first of them.", valueName: "seed"))
    var from: UInt64 = 0

    @Option(help: ArgumentHelp("Run this seed alone and print what happens.", valueName: "seed"))
    var seed: UInt64?

    @Option(help: ArgumentHelp("Run one large fleet of so many workers instead.", valueName: "count"))
    var workers: Int?

    @Option(help: ArgumentHelp("With --workers: its agents.", valueName: "count"))
    var agents = 1_000_000

    func validate() throws {
        if let workers, !(1...100_000).contains(workers) {
            throw ValidationError("--workers \(workers) is not between 1 and 100000")
        }
        guard (1...10_000_000).contains(agents) else {
            throw ValidationError("--agents \(agents) is not between 1 and 10000000")
        }
    }

    func run() async throws {
        if let workers {
            try LargeFleet.run(workers: workers, agents: agents)
        } else if let seed {
            try OneSeed.run(seed)
        } else {
            try await ManySeeds.run(from..<(from + seeds))
        }
    }
}
