import Glibc
import Subprocess

/// A program while it runs. Its output goes to files, so that no pipe fills up and the last words are there after a
/// kill.
struct RunningProgram: Sendable {
    let name: String
    let execution: Execution<NoInput, DiscardedOutput, DiscardedOutput>
    let outputPath: String
    let errorPath: String

    var pid: Int32 { execution.processIdentifier.value }
    var output: String { textOfFile(outputPath) ?? "" }
    var errors: String { textOfFile(errorPath) ?? "" }

    func send(_ signal: Signal) throws {
        try execution.send(signal: signal)
    }

    /// What Ctrl-C in a terminal does: an interrupt to every process of the group.
    func interruptGroup() throws {
        try execution.send(signal: .interrupt, toProcessGroup: true)
    }

    /// Waits until a line of the output or of the errors holds `text`, and returns that line.
    @discardableResult
    func line(containing text: String, limit: Duration = .seconds(30)) async throws -> String {
        try await wait(for: "'\(text)'", limit: limit) {
            (output + "\n" + errors).split(separator: "\n").first { $0.contains(text) }.map(String.init)
        }
    }

    /// Waits until `value` gives anything, for as long as the program is there.
    ///
    /// - Throws: ``HarnessError`` that tells what was waited for and what the program said last.
    func wait<Value>(
        for what: String,
        limit: Duration = .seconds(30),
        _ value: () async throws -> Value?
    ) async throws -> Value {
        do {
            return try await Wait.until(what, limit: limit) {
                let isGone = LiveProcesses.isGone(pid)
                if let found = try await value() { return found }
                if isGone { throw HarnessError("it has ended without \(what)") }
                return nil
            }
        } catch let error as HarnessError {
            throw HarnessError("\(name): \(error); it said: \(errors.suffix(2000))\(output.suffix(2000))")
        }
    }
}

/// A program that has ended.
struct FinishedProgram: Sendable {
    let name: String
    /// The exit code; the negative number of the signal that killed it.
    let exitCode: Int32
    let output: String
    let errors: String
}

enum ProcessHarness {
    /// How long a program may take to end after SIGTERM before it is killed.
    static let patience: Duration = .seconds(20)

    /// Runs a program to its end.
    static func run(_ invocation: Invocation, in scratch: Scratch) async throws -> FinishedProgram {
        try await supervise(invocation, in: scratch) { _ in }.finished
    }

    /// Runs `body` beside a program, which is ended (and killed, if it will not end) when `body` returns or throws.
    static func with<Value: Sendable>(
        _ invocation: Invocation,
        in scratch: Scratch,
        _ body: (RunningProgram) async throws -> Value
    ) async throws -> Value {
        try await supervise(invocation, in: scratch) { program in
            do {
                let value = try await body(program)
                await program.execution.teardown(using: steps)
                return value
            } catch {
                await program.execution.teardown(using: steps)
                throw error
            }
        }.value
    }

    /// Runs `body` beside a program and waits until that has ended by itself.
    static func supervise<Value: Sendable>(
        _ invocation: Invocation,
        in scratch: Scratch,
        _ body: (RunningProgram) async throws -> Value
    ) async throws -> (value: Value, finished: FinishedProgram) {
        let name = String(invocation.program.split(separator: "/").last ?? "program")
        let stem = scratch.file("\(name)-\(UInt32.random(in: 0...UInt32.max))")
        let (outputPath, errorPath) = (stem + ".out", stem + ".err")
        var options = PlatformOptions()
        // A session of its own: a group can be signalled, and what it leaves behind be found.
        options.createSession = true
        options.teardownSequence = steps
        var environment: [Environment.Key: String?] = [
            "HARNESS_OUTPUT": outputPath, "HARNESS_ERRORS": errorPath, "HARNESS_PID": "\(getpid())",
        ]
        for (key, value) in invocation.environment {
            if let key = Environment.Key(rawValue: key) { environment[key] = value }
        }
        let result = try await Subprocess.run(
            .name("sh"),
            arguments: Arguments(["-c", launcher] + invocation.words),
            environment: .inherit.updating(environment),
            platformOptions: options,
            input: .none,
            output: .discarded,
            error: .discarded
        ) { execution in
            try await body(
                RunningProgram(name: name, execution: execution, outputPath: outputPath, errorPath: errorPath)
            )
        }
        let exitCode: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): -signal
            }
        let finished = FinishedProgram(
            name: name,
            exitCode: exitCode,
            output: textOfFile(outputPath) ?? "",
            errors: textOfFile(errorPath) ?? ""
        )
        return (result.closureResult, finished)
    }

    /// Becomes the program, its output in files, and leaves a watch behind: where the tests themselves are killed, the
    /// program's group must not live on.
    private static let launcher = #"""
        (setsid sh -c 'while kill -0 "$1" && kill -0 "$2"; do sleep 1; done; kill -0 "$1" || kill -s KILL -- "-$2"' \
            watch "$HARNESS_PID" "$$" >/dev/null 2>&1 &)
        exec "$0" "$@" >"$HARNESS_OUTPUT" 2>"$HARNESS_ERRORS"
        """#

    private static let steps: [TeardownStep] = [
        .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: patience)
    ]
}
