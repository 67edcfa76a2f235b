import ApeCore
import ApeProgram
import ArgumentParser
import Glibc

/// `ape-test stop`: ends a standing fleet, whatever is left of it.
struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "End a standing fleet and leave no process of it behind.",
        discussion: """
            Agents finish, the last measurements come in, the report is written. What has not ended within a minute is \
            killed.

            Examples:
              ape-test stop
              ape-test stop --results /var/lib/ape/results

            Exit codes: 0 nothing of the fleet runs any more, even if nothing did; 4 something could not be ended.
            """
    )

    /// How long the fleet may take to end by itself.
    static let patience: Duration = .seconds(60)
    /// How long what was killed may take to be gone.
    static let killPatience: Duration = .seconds(5)

    @OptionGroup
    var fleet: FleetOptions

    init() {}

    func run() async throws {
        let directory = fleet.directory
        guard let state = directory.recorded(), !state.living.isEmpty else {
            directory.forget()
            StandardOutput.print("No fleet stands in \(fleet.results).\n")
            return
        }
        StandardError.write("Ending run \(state.run); agents finish and the report is written.\n")
        if state.starter?.isAlive == true {
            do throws(ApeError) {
                try await directory.tell(["command": "stop"])
            } catch {
                // A coordinator that takes no commands ends with its starter.
                state.starter?.signal(SIGTERM)
            }
        }
        // Children of a starter that is gone see that and end by themselves.
        if try await !isGone(state, within: Self.patience) {
            for process in state.living {
                StandardError.write("\(process.name) (process \(process.pid)) does not end: it is killed\n")
                process.signal(SIGKILL)
            }
            guard try await isGone(state, within: Self.killPatience) else {
                let names = state.living.map { "\($0.name) (process \($0.pid))" }.joined(separator: ", ")
                throw ApeError(.process, "These could not be ended: \(names)")
            }
        }
        directory.forget()
        StandardOutput.print("The fleet has ended.\(outcome(state))\n")
    }

    private func isGone(_ state: FleetState, within limit: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        while !state.living.isEmpty {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(100))
        }
        return true
    }

    /// The verdict and where to read more, where this run has written a report.
    private func outcome(_ state: FleetState) -> TerminalText {
        guard let bytes = Files.contents(of: state.report),
            let report = try? JSONValue(parsing: bytes), report["run"]?["id"]?.string == state.run
        else { return " It wrote no report; see \(fleet.directory.logs)." }
        return " \(report["verdict"]?["status"]?.string ?? "")\nReport: \(state.report)"
    }
}
