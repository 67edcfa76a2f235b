import ArgumentParser

@main
struct ApeWorker: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "ape-worker")
}
