import ArgumentParser

@main
struct ApeTest: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "ape-test")
}
