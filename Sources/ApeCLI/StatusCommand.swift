import ApeCore
import ApeProgram
import ApeReport
import ArgumentParser
import Glibc

/// `ape-test status`: how a fleet is, here or elsewhere.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how a run goes.",
        discussion: """
            Asks the coordinator of the fleet that stands in the results directory, or any other by its address.

            Examples:
              ape-test status
              ape-test status --watch
              ape-test status --coordinator http://10.0.0.5:9465 --json | jq .progress.active_agents

            Exit codes: 0 the run was shown; 2 usage; 4 no fleet stands there, or its coordinator does not answer.
            """
    )

    @Option(
        help: ArgumentHelp("The address of a coordinator's HTTP, instead of a results directory.", valueName: "url")
    )
    var coordinator: String?

    @Flag(help: "Show it again every second, until Ctrl-C or the run's end.")
    var watch = false

    @Flag(help: "Print what the coordinator's pages say as JSON.")
    var json = false

    @OptionGroup
    var fleet: FleetOptions

    init() {}

    func validate() throws {
        if let coordinator, !coordinator.hasPrefix("http://"), !coordinator.hasPrefix("https://") {
            throw ValidationError("--coordinator \(coordinator) is no address such as http://127.0.0.1:9465")
        }
    }

    package func run() async throws {
        if watch, !json { return try await FleetWatch { () async throws(ApeError) in try await live() }.run() }
        let url = try address()
        var isFirst = true
        repeat {
            do throws(ApeError) {
                let status = try await FleetStatus.fetch(from: url)
                StandardOutput.print(json ? "\(status.json.plain.text)\n" : status.text)
                // Whoever read this may be gone.
                guard fflush(nil) == 0 else { return }
            } catch  where !isFirst {
                // A run that was watched to its end.
                return StandardOutput.print("The coordinator does not answer any more: the run has ended.\n")
            } catch {
                throw error
            }
            isFirst = false
            if watch { try await Task.sleep(for: .seconds(1)) }
        } while watch
    }

    /// A moment of the run.
    private func live() async throws(ApeError) -> LiveRun {
        guard coordinator != nil else {
            _ = try fleet.directory.standing()
            return try await fleet.directory.live()
        }
        guard let live = try await FleetStatus.fetch(from: address()).json["live"] else {
            throw ApeError(.network, "The coordinator is too old to be watched: leave out --watch")
        }
        return try LiveRun(json: live)
    }

    private func address() throws(ApeError) -> String {
        if let coordinator { return coordinator.hasSuffix("/") ? String(coordinator.dropLast()) : coordinator }
        guard let http = try fleet.directory.standing().http else {
            throw ApeError(.fleet, "The coordinator of that fleet serves no HTTP: start it without --no-http")
        }
        return http
    }
}
