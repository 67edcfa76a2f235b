import ApeCore
import ApeProgram
import ArgumentParser

@main
enum ApeCoordinatorProgram {
    static func main() async {
        await Program.main(CoordinatorCommand.self)
    }
}

/// `ape-coordinator`: the coordinator of a fleet.
struct CoordinatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ape-coordinator",
        abstract: "Coordinate a fleet of workers.",
        version: ApeVersion.text,
        subcommands: [RunCommand.self]
    )
}
