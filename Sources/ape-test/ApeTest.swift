import ApeCLI
import ApeProgram
import ArgumentParser

@main
struct ApeTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ape-test",
        subcommands: [CheckCommand.self, DemoCommand.self]
    )

    static func main() async {
        await Program.main(ApeTest.self)
    }
}
