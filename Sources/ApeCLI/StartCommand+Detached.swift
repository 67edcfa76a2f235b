import ApeCore
import ApeProgram
import ArgumentParser
import Glibc
import Subprocess
import SystemPackage

extension StartCommand {
    /// How long a fleet may take until it stands.
    static let patience: Duration = .seconds(90)

    /// Starts the same fleet in a session of its own, and returns once it stands: no terminal's end reaches it.
    ///
    /// - Throws: what the fleet's own end tells where it ended at once.
    func detached(_ directory: FleetDirectory) async throws {
        let log = directory.logs + "/start.log"
        let output: FileDescriptor
        do {
            output = try FileDescriptor.open(
                FilePath(log),
                .writeOnly,
                options: [.create, .truncate, .append, .closeOnExec],
                permissions: FilePermissions(rawValue: 0o644)
            )
        } catch {
            throw ApeError(.file, "Cannot write the log \(log)", cause: "\(error)")
        }
        var options = PlatformOptions()
        options.createSession = true
        let arguments = CommandLine.arguments.dropFirst().filter { $0 != "--detach" }
        let result = try await Subprocess.run(
            .path(FilePath(try ProgramLocator.own())),
            arguments: Arguments(Array(arguments)),
            platformOptions: options,
            input: .none,
            output: .fileDescriptor(output, closeAfterSpawningProcess: false),
            error: .fileDescriptor(output, closeAfterSpawningProcess: true)
        ) { execution in
            let starter = ProcessIdentity(name: "ape-test start", pid: execution.processIdentifier.value)
            guard let state = try await stands(directory, starter) else { return }
            tell(state)
            // The fleet lives on; only this process ends.
            Glibc.exit(ApeCore.ExitCode.passed.rawValue)
        }
        let words = Files.contents(of: log).map { String(decoding: $0, as: UTF8.self) } ?? ""
        StandardError.write(TerminalText(document: words))
        if case .exited(let code) = result.terminationStatus, code != 0 { throw ArgumentParser.ExitCode(code) }
        throw ApeError(.fleet, "The fleet ended before it stood: see \(directory.logs)")
    }

    /// Waits until the fleet has recorded itself; nil when its starter has ended instead.
    private func stands(_ directory: FleetDirectory, _ starter: ProcessIdentity?) async throws -> FleetState? {
        let deadline = ContinuousClock.now + Self.patience
        while ContinuousClock.now < deadline {
            if let state = directory.recorded(), state.starter?.pid == starter?.pid { return state }
            guard starter?.isAlive == true else { return nil }
            try await Task.sleep(for: .milliseconds(50))
        }
        starter?.signal(SIGTERM)
        throw ApeError(.process, "The fleet did not stand within \(Self.patience): see \(directory.logs)")
    }

    private func tell(_ state: FleetState) {
        let place = results == RunOptions.defaultResults ? "" : " --results \(results)"
        let pages = state.http.map { ["Pages and metrics: \($0)/"] } ?? []
        let lines =
            ["The fleet of run \(state.run) goes to \(agents) agents on \(workers) workers."] + pages + [
                "Watch it: ape-test status --watch\(place)",
                "Control it in a browser: ape-test link\(place)",
                "Change it: ape-test scale --agents \(agents * 2)\(place)", "End it: ape-test stop\(place)",
            ]
        StandardOutput.print(TerminalText(lines: lines))
        fflush(nil)
    }
}
