import ApeCore
import ApeProgram
import ApeTransfer
import ArgumentParser
import Glibc

/// `ape-test init`: a first scenario, by questions or by flags.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a first scenario: asks on a terminal, or takes flags.",
        discussion: """
            Asks for the application, its OpenAPI document, the model and what users want, looks whether each answers, \
            and writes a commented scenario that "ape-test check" accepts. Flags answer beforehand; without a terminal \
            they have to tell all. Nothing is written before everything is well.

            Examples:
              ape-test init
              ape-test init --target http://127.0.0.1:8080 --openapi http://127.0.0.1:8080/openapi.json \\
                --inference http://127.0.0.1:8081/v1 --model demo --goal "Buy two headphones." \\
                --proof "POST /api/checkout"
              ape-test init --offline --output shop.yml --target https://shop.example.com \\
                --inference https://api.cerebras.ai/v1 --model llama-4-scout --api-key-env CEREBRAS_API_KEY \\
                --goal "Find the cheapest headphones."

            Exit codes: 0 the scenario was written, 2 a flag or an answer is wrong, 130 interrupted.
            """
    )

    @OptionGroup
    var flags: InitFlags

    @Option(help: ArgumentHelp("Where the scenario is written.", valueName: "file"))
    var output = "ape.yml"

    @Flag(help: "Replace a file that is there.")
    var force = false

    @Flag(help: "Contact nothing but the address of an OpenAPI document.")
    var offline = false

    init() {}

    func run() async throws {
        try DraftFiles.refuseExisting(output, replacing: force)
        let isInteractive = isatty(STDIN_FILENO) == 1
        if isInteractive { Interruption.endsQuietly() }
        let reactor = Reactor(name: "init")
        defer { reactor.shutdown() }
        let interview = Interview(
            flags: flags,
            output: output,
            wizard: Wizard(
                readLine: { Swift.readLine() },
                say: StandardError.write,
                isInteractive: isInteractive
            ),
            checks: InitChecks(isOffline: offline, reactor: reactor)
        )
        let (draft, document) = try await interview.draft()
        let files = DraftFiles(output: output, text: draft.yaml(file: output), document: document)
        let read = try files.check()
        try files.write(replacing: force)
        StandardError.settle()
        StandardOutput.print(Self.words(on: draft, read, file: output))
    }

    /// What was written, what is still to be done, and what comes next.
    static func words(on draft: ScenarioDraft, _ read: ReadScenario, file: String) -> TerminalText {
        var lines = read.warnings.map { "warning: \($0)" }
        for goal in draft.unproven {
            lines.append(
                "warning: the check of \(goal) only proves that the application answers: name the request that proves it "
                    + "in \(file)"
            )
        }
        lines.append("Next: ape-test doctor --scenario \(file)")
        return CheckCommand.summary(of: read, file: file) + TerminalText(lines: lines)
    }
}

/// What Ctrl-C does while questions are asked.
enum Interruption {
    static func endsQuietly() {
        signal(SIGINT) { _ in
            let words = "\nInterrupted: nothing was written.\n"
            // Nobody is left to be told when this cannot be written.
            _ = words.utf8.withContiguousStorageIfAvailable { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            _exit(ApeCore.ExitCode.interrupted.rawValue)
        }
    }
}
