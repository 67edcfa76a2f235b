import ArgumentParser

@main
struct ApeCoordinator: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "ape-coordinator")
}
