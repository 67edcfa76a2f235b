import ApeCore
import ApeReport
import ApeProgram
import Glibc

/// What is known of a fleet that stands on this machine, in a file of its results directory: who its processes are and
/// where they listen.
struct FleetState: Sendable, Equatable {
    var run: String
    /// The coordinator's HTTP, without a trailing slash; nil where it serves none.
    var http: String?
    /// The path of the report that its end writes.
    var report: String
    /// The starter first, then its children.
    var processes: [ProcessIdentity]

    var starter: ProcessIdentity? { processes.first }
    /// The processes that are still there.
    var living: [ProcessIdentity] { processes.filter(\.isAlive) }

    var json: JSONValue {
        [
            "run": .string(run), "http": http.map { .string($0) } ?? .null, "report": .string(report),
            "processes": .array(processes.map(\.json)),
        ]
    }
}

extension FleetState {
    init?(json: JSONValue) {
        let processes = json["processes"]?.array?.compactMap { ProcessIdentity(json: $0) } ?? []
        guard let run = json["run"]?.string, let report = json["report"]?.string, !processes.isEmpty else { return nil }
        self.init(run: run, http: json["http"]?.string, report: report, processes: processes)
    }
}

/// Where a fleet of a results directory keeps what its verbs need; only its owner can enter.
struct FleetDirectory: Sendable {
    var results: String

    private var path: String { results + "/fleet" }
    private var statePath: String { path + "/state.json" }
    /// Where the coordinator takes commands.
    var commandSocket: String { path + "/commands.sock" }
    /// Where the logs are.
    var logs: String { results + "/logs" }

    /// Makes the directories.
    ///
    /// - Throws: ``ApeError`` of code `file` that names the path.
    func make() throws(ApeError) {
        func failure(_ cause: String) -> ApeError {
            ApeError(.file, "Cannot make \(path): choose another directory with --results", cause: cause)
        }
        try Files.makeDirectory(logs, failing: failure)
        try Files.makeDirectory(path, mode: 0o700, failing: failure)
    }

    /// What the file says, even of a fleet that is gone; nil where there is none, or none that can be read.
    func recorded() -> FleetState? {
        guard let bytes = Files.contents(of: statePath) else { return nil }
        return (try? JSONValue(parsing: bytes)).flatMap { FleetState(json: $0) }
    }

    /// The fleet that stands.
    ///
    /// - Throws: ``ApeError`` of code `fleet` where there is none.
    func standing() throws(ApeError) -> FleetState {
        guard let state = recorded(), !state.living.isEmpty else {
            throw ApeError(
                .fleet,
                "No fleet stands in \(results): start one with ape-test start, or name its directory with --results"
            )
        }
        return state
    }

    func record(_ state: FleetState) throws(ApeError) {
        try Files.write(state.json, to: statePath)
    }

    /// The fleet is gone.
    func forget() {
        // What cannot be removed tells of processes that are not there, and so of nothing.
        unlink(statePath)
        unlink(commandSocket)
    }
}
