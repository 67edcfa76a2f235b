import ApeCore
import ApeProgram
import FoundationEssentials
import Glibc
import UnixSignals

extension LocalFleet {
    /// Tells the other verbs of a fleet that has been started, and the user what they are.
    func record(_ standing: Standing, readyFile: String, _ children: Children) async throws {
        let names = [Self.coordinatorName] + (1...workers).map { "worker-\($0)" } + demoNames
        var processes = [ProcessIdentity(name: "ape-test start", pid: getpid())].compactMap { $0 }
        for name in names {
            // A child's number is known as soon as it runs, and it is in the list even where it has ended by now.
            while children.process(of: name) == nil, children.exitCode(of: name) == nil {
                try await Task.sleep(for: .milliseconds(10))
            }
            processes += children.process(of: name).flatMap { ProcessIdentity(name: name, pid: $0) }.map { [$0] } ?? []
        }
        let ready = try JSONValue(parsing: Files.contents(of: readyFile) ?? [])
        let state = FleetState(
            run: ready["run"]?.string ?? "",
            http: ready["http"]?.string,
            // Other verbs may be called from elsewhere.
            report: URL(filePath: options.output).path,
            processes: processes
        )
        try standing.directory.record(state)
        StandardError.write("run \(state.run) goes to \(standing.agents) agents; Ctrl-C or ape-test stop ends it\n")
        guard let http = state.http else { return }
        let place = options.results == RunOptions.defaultResults ? "" : " --results \(options.results)"
        StandardError.write("health, figures and metrics at \(http)/\n")
        StandardError.write("control it in a browser by the link of: ape-test link\(place)\n")
    }

    private var demoNames: [String] {
        scenario == nil ? ["the demo's shop", "the demo's inference"] : []
    }

    /// Asks the coordinator to end: a run to a verdict is interrupted, a fleet that stands has done its work.
    func end(_ children: Children) async {
        if let standing, (try? await standing.directory.tell(["command": "stop"])) != nil { return }
        children.signal(Self.coordinatorName, UnixSignal.sigint.rawValue)
    }
}
