import ApeCore
import ApeHTTP
import ApeProgram
import ApeSite
import ArgumentParser
import ServiceLifecycle

/// `ape-test view`: the runs of a results directory in a browser.
struct ViewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "view",
        abstract: "Show the runs of a results directory in a browser.",
        discussion: """
            It serves the runs as a list, each with its report, any two side by side, and the trend of a scenario, until it is \
            ended with Ctrl-C. A run that goes on has these pages too, at its coordinator's own address.

            Examples:
              ape-test view
              ape-test view --results /var/lib/ape/results --http 127.0.0.1:8080

            Exit codes: 0 it was ended; 2 there is no such directory, or the address cannot be listened on.
            """
    )

    @Option(help: ArgumentHelp("The directory where runs are kept.", valueName: "directory"))
    var results = RunOptions.defaultResults

    @OptionGroup(title: "HTTP")
    var http: HTTPOptions

    @OptionGroup(title: "Program")
    var program: ProgramOptions

    init() {}

    func run() async throws {
        guard Files.isDirectory(results) else {
            throw ApeError(.usage, "There is no directory \(results): name the one where runs are kept with --results")
        }
        let logger = program.logger(label: "ape.view")
        guard let service = try http.service(program: "ape-test", usual: HTTPOptions.coordinatorAddress, logger: logger)
        else { throw ApeError(.usage, "--no-http leaves nothing to view") }
        service.show(StoredSite(results: results))
        try await ServiceRun.toEnd(
            Announcement(service: service, results: results),
            beside: service,
            parentWatch: program.parentWatch,
            logger: logger
        )
    }

    /// Tells where the pages are, and stands until somebody ends the program.
    private struct Announcement: Service {
        let service: HTTPService
        let results: String

        func run() async throws {
            guard let address = try await service.listening() else { return }
            StandardOutput.write("The runs of \(results): \(address.url)/runs\nEnd with Ctrl-C.\n")
            try? await gracefulShutdown()
        }
    }
}
