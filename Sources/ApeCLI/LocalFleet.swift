import ApeCore
import ApeDemo
import ApeProgram
import UnixSignals

/// A whole fleet on this machine: coordinator and workers as child processes, and where asked for, the demo.
///
/// Everything runs in one task group: whichever way it ends, every child has ended before ``run()`` returns.
struct LocalFleet: Sendable {
    var options: RunOptions
    var workers: Int
    /// The scenario's file; nil for the demo.
    var scenario: String?
    /// What a fleet that stands has beside; nil for a run to its verdict.
    var standing: Standing?
    /// Flags for the coordinator, beside those of the run: its HTTP, its reports.
    var coordinatorArguments: [String]
    /// Flags for the workers, such as what they may load.
    var workerArguments: [String]
    /// Flags for the demo's two halves.
    var demoArguments: [String]
    /// Where the logs of workers and demo go.
    var logs: String
    /// Whether the coordinator shows a dashboard on this terminal: what is said meanwhile has to wait for its end.
    var hasDashboard = false

    /// A fleet that stands until it is stopped.
    struct Standing: Sendable {
        /// How many agents it begins with.
        var agents: Int
        var directory: FleetDirectory
    }

    /// What is in a file may tell more than what is on a terminal.
    private static let logFlags = ["--log-format", "json", "--log-level", "info"]
    static let coordinatorName = "the coordinator"

    enum Event: Sendable {
        /// The logs are looked after no more.
        case unwatched
        case ended(name: String, code: Int32, hint: String)
        /// The first signal: end the run and report.
        case interrupted
        /// The second: end at once.
        case insisted
    }

    private typealias Group = ThrowingTaskGroup<Event, any Error>

    /// Runs the fleet to its verdict.
    ///
    /// - Returns: the coordinator's exit code, which is the verdict's.
    func run() async throws -> Int32 {
        let children = Children()
        defer {
            // One that was killed has left its dashboard on the terminal.
            let code = children.exitCode(of: Self.coordinatorName) ?? 0
            if hasDashboard, code > ExitCode.interrupted.rawValue { StandardError.giveBackTerminal() }
        }
        return try await TemporaryDirectory.use { directory in
            return try await withThrowingTaskGroup(of: Event.self) { group in
                defer { group.cancelAll() }
                // A sequence of signals can be iterated once only, so each event has its own.
                let first = await UnixSignalsSequence(trapping: .sigint, .sigterm)
                let second = await UnixSignalsSequence(trapping: .sigint, .sigterm)
                group.addTask {
                    for await _ in first { break }
                    return .interrupted
                }
                group.addTask {
                    for await _ in second.dropFirst() { break }
                    return .insisted
                }
                if try await start(in: directory, children, &group) {
                    return try await outcome(of: &group, children)
                }
                return children.exitCode(of: Self.coordinatorName) ?? ExitCode.fleet.rawValue
            }
        }
    }

    /// Starts everything in order, each when what it needs is ready.
    ///
    /// - Returns: false when the coordinator ended at once; it has said why.
    private func start(in directory: TemporaryDirectory, _ children: Children, _ group: inout Group) async throws
        -> Bool
    {
        let token = try directory.write(SecureRandom.hex(bytes: 32) + "\n", to: "token")
        let demo = scenario == nil ? try await startDemo(in: directory, children, &group) : nil
        let readyFile = directory.file("coordinator.json")
        var arguments = ["run", "--listen", "127.0.0.1:0", "--token-file", token, "--ready-file", readyFile]
        arguments += ["--workers", "\(workers)"] + options.arguments + coordinatorArguments
        if let standing {
            arguments += ["--standing-agents", "\(standing.agents)"] + Self.logFlags
            arguments += ["--command-socket", standing.directory.commandSocket]
        } else {
            // What the machine logs of the fleet is also told in words.
            arguments += ["--log-level", "critical"]
        }
        if let file = scenario ?? demo { arguments += ["--scenario", file] }
        if demo != nil { arguments.append("--demo") }
        let coordinator = ChildProgram(
            name: Self.coordinatorName,
            path: try ProgramLocator.own(),
            calledAs: "ape-coordinator",
            arguments: arguments,
            output: standing == nil ? .inherited : .errors("\(logs)/coordinator.log")
        )
        launch(coordinator, children, &group)
        let address = try await ReadyFile.wait(for: readyFile, member: "control", of: coordinator, children)
        guard let address else { return false }
        let lent = ReadyFile.secretFlags(in: readyFile)
        for number in 1...workers {
            let name = "worker-\(number)"
            let worker = ChildProgram(
                name: name,
                path: try ProgramLocator.worker(),
                arguments: ["--coordinator", address, "--token-file", token, "--name", name, "--once"]
                    + Self.logFlags + workerArguments + lent,
                output: .file("\(logs)/\(name).log")
            )
            launch(worker, children, &group)
        }
        group.addTask { [logs] in await LogRotation(directory: logs).run() }
        if let standing { try await record(standing, readyFile: readyFile, children) }
        return true
    }

    /// Starts the demo's halves, each in a process of its own, and writes the scenario that points at them.
    private func startDemo(
        in directory: TemporaryDirectory,
        _ children: Children,
        _ group: inout Group
    ) async throws -> String {
        var addresses: [String] = []
        for half in ["shop", "inference"] {
            let readyFile = directory.file(half + ".json")
            let demo = ChildProgram(
                name: "the demo's \(half)",
                path: try ProgramLocator.own(),
                arguments: ["demo", "--only", half, "--\(half)-listen", "127.0.0.1:0", "--ready-file", readyFile]
                    + Self.logFlags + demoArguments,
                output: .file("\(logs)/demo-\(half).log")
            )
            launch(demo, children, &group)
            guard let address = try await ReadyFile.wait(for: readyFile, member: half, of: demo, children) else {
                throw ApeError(.process, "\(demo.name) ended at once\(demo.output.hint)")
            }
            addresses.append(address)
        }
        return try directory.write(
            EmbeddedScenario.yaml(shopURL: addresses[0], inferenceURL: addresses[1]),
            to: "demo.yml"
        )
    }

    private func launch(_ program: ChildProgram, _ children: Children, _ group: inout Group) {
        group.addTask {
            .ended(name: program.name, code: try await children.run(program), hint: program.output.hint)
        }
    }

    /// Waits for the coordinator's end. The first signal asks it to end the run and report; the second ends all.
    private func outcome(
        of group: inout Group,
        _ children: Children
    ) async throws -> Int32 {
        var words: [TerminalText] = []
        defer { for line in words { StandardError.write(line) } }
        while let event = try await group.next() {
            switch event {
            case .ended(Self.coordinatorName, let code, _):
                return code
            case .ended(let name, let code, let hint):
                guard code != 0 else { break }
                let line: TerminalText = "\(name) ended with exit code \(code)\(hint)\n"
                if hasDashboard { words.append(line) } else { StandardError.write(line) }
            case .interrupted:
                // The dashboard says so itself.
                if !hasDashboard { StandardError.write("Ending the run; once more to end it without a report.\n") }
                await end(children)
            case .unwatched: break
            case .insisted:
                return ExitCode.interrupted.rawValue
            }
        }
        return ExitCode.fleet.rawValue
    }
}
