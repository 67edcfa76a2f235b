import ApeCore
import Glibc
import Subprocess
import SystemPackage

/// A program that is run as a child of this one: in a process group of its own, so that a Ctrl-C at the terminal
/// reaches this process alone and the children end in the order that it decides.
struct ChildProgram: Sendable {
    /// How the child is called in messages.
    var name: String
    var path: String
    /// The name by which the file is called where it is several programs; nil for its path.
    var calledAs: String?
    var arguments: [String]
    /// Where standard output and standard error go.
    var output: Output

    enum Output: Sendable {
        /// Both where this process's own go.
        case inherited
        /// Both into a file, after what it holds.
        case file(String)
        /// Standard error alone into a file.
        case errors(String)

        /// Where to look for the child's words, as an ending of a sentence.
        var hint: String {
            switch self {
            case .inherited: ""
            case .file(let path), .errors(let path): ": see \(path)"
            }
        }
    }

    /// How long a child may take to end by itself once it was asked to.
    static let patience: Duration = .seconds(8)

    /// Runs the child to its end; a cancelled task ends it.
    ///
    /// - Parameter started: told the process's number once it runs.
    /// - Returns: its exit code, or 128 and the signal's number as a shell has it.
    /// - Throws: ``ApeError`` of code `process` when it cannot be started.
    func run(started: @Sendable (pid_t) -> Void = { _ in }) async throws -> Int32 {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: Self.patience)]
        let output = try descriptors()
        do {
            let result = try await Subprocess.run(
                .path(FilePath(path)),
                arguments: Arguments(
                    executablePathOverride: calledAs,
                    remainingValues: arguments + ["--parent-pid", "\(getpid())"]
                ),
                platformOptions: options,
                input: .none,
                output: output.standardOutput,
                error: output.standardError,
                body: { execution in
                    started(execution.processIdentifier.value)
                }
            )
            return switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        } catch let error as SubprocessError {
            throw ApeError(.process, "Cannot run \(name) (\(path))", cause: "\(error)")
        }
    }

    private func descriptors() throws -> (standardOutput: FileDescriptorOutput, standardError: FileDescriptorOutput) {
        switch output {
        case .inherited:
            return (.currentStandardOutput, .currentStandardError)
        case .file(let path):
            let log = try Self.log(path)
            return (
                .fileDescriptor(log, closeAfterSpawningProcess: false),
                .fileDescriptor(log, closeAfterSpawningProcess: true)
            )
        case .errors(let path):
            return (.currentStandardOutput, .fileDescriptor(try Self.log(path), closeAfterSpawningProcess: true))
        }
    }

    /// Opens a log; every write goes to its end, wherever a rotation has put that.
    private static func log(_ path: String) throws(ApeError) -> FileDescriptor {
        let permissions = FilePermissions(rawValue: 0o644)
        let options: FileDescriptor.OpenOptions = [.create, .append, .closeOnExec]
        do {
            return try FileDescriptor.open(FilePath(path), .writeOnly, options: options, permissions: permissions)
        } catch {
            throw ApeError(.file, "Cannot write the log \(path)", cause: "\(error)")
        }
    }
}
