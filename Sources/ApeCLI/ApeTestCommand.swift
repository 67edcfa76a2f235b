import ApeCore
import ArgumentParser

/// `ape-test`: everything that one machine needs.
package struct ApeTestCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "ape-test",
        abstract: "Find out whether an application, and the language model driving its users, hold up.",
        version: ApeVersion.text,
        subcommands: [
            ValidateCommand.self, OptimizeCommand.self, HistoryCommand.self, ReportCommand.self, CompareCommand.self,
            DemoCommand.self, CheckCommand.self,
        ]
    )

    package init() {}
}
