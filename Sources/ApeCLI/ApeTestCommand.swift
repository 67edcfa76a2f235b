import ApeCore
import ArgumentParser

/// `ape-test`: everything that one machine needs.
package struct ApeTestCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "ape-test",
        abstract: "Find out whether an application, and the language model driving its users, hold up.",
        version: ApeVersion.text,
        subcommands: [
            ValidateCommand.self, CapacityCommand.self, InitCommand.self, CheckCommand.self, TryCommand.self,
            DoctorCommand.self, StartCommand.self, StatusCommand.self, ScaleCommand.self, PauseCommand.self,
            ResumeCommand.self, LinkCommand.self, LogsCommand.self, StopCommand.self, OptimizeCommand.self,
            HistoryCommand.self, ReportCommand.self, TraceCommand.self, CompareCommand.self, ViewCommand.self,
            DemoCommand.self,
        ]
    )

    package init() {}
}
