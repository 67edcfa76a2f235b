import ApeCore
import ArgumentParser

/// `ape-coordinator`: the coordinator of a fleet.
package struct CoordinatorCommand: AsyncParsableCommand {
    /// What the program is called.
    package static let name = "ape-coordinator"

    package static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Coordinate a fleet of workers.",
        version: ApeVersion.text,
        subcommands: [RunCommand.self]
    )

    package init() {}
}
