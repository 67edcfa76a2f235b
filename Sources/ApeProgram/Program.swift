import ApeCore
import ArgumentParser
import CLinux
import Glibc

/// The start and end of each program: it parses arguments, prints errors on standard error, and exits with one of the
/// exit codes that CI jobs act on.
package enum Program {
    /// Whether a file that is several programs is called as one of them; the system then lists the process by that name.
    ///
    /// - Parameter name: what the program is called.
    /// - Returns: whether this is it.
    package static func isCalled(_ name: String) -> Bool {
        guard CommandLine.arguments.first?.split(separator: "/").last.map(String.init) == name else { return false }
        // Started by its own path it would be listed by the file's name.
        ape_name_process(name)
        return true
    }

    /// Runs a root command to its end and exits.
    ///
    /// - Parameters:
    ///   - root: the command.
    ///   - files: how many files it opens beside its threads.
    package static func main<Command: AsyncParsableCommand>(
        _ root: Command.Type,
        files: Int64 = OpenFileLimit.filesOfProgram
    ) async -> Never {
        // A write to a closed connection must return an error, not end this process.
        signal(SIGPIPE, SIG_IGN)
        // In the background of a terminal that wants no output from there, a write must not stop this process.
        signal(SIGTTOU, SIG_IGN)
        openStandardDescriptors()
        do {
            try OpenFileLimit.raise(own: files)
            var command = try root.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            leave(ApeCore.ExitCode.passed.rawValue)
        } catch {
            // Why it ended comes last, where both go to one terminal.
            StandardOutput.finish()
            leave(end(root, error))
        }
    }

    /// Exits once the last words are out, or nobody takes them.
    private static func leave(_ code: Int32) -> Never {
        if !StandardOutput.finish() {
            let kind = OutputKind(STDOUT_FILENO).name
            StandardError.write(
                "warning: the \(kind) of standard output takes nothing: what was to be read there is lost\n"
            )
        }
        StandardError.finish()
        exit(code)
    }

    /// Opens what was closed of standard input, output and error, so that no file or connection gets their numbers and,
    /// with them, words that are meant for people.
    private static func openStandardDescriptors() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest number that is free is this one.
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// Prints an error and returns the exit code for it.
    private static func end<Command: ParsableCommand>(_ root: Command.Type, _ error: any Error) -> Int32 {
        if let error = error as? ApeError {
            StandardError.write("error: \(error)\n")
            return error.exitCode.rawValue
        }
        let message = root.fullMessage(for: error)
        let code = root.exitCode(for: error)
        if code.isSuccess {
            if !message.isEmpty { StandardOutput.print(TerminalText(document: message + "\n")) }
            return code.rawValue
        }
        if !message.isEmpty { StandardError.write(TerminalText(document: message + "\n")) }
        // The parser's exit code for wrong arguments is 64; the documented one is 2.
        return code == .validationFailure ? ApeCore.ExitCode.usage.rawValue : code.rawValue
    }
}

extension ApeCore.ExitCode {
    /// An error that ends the command with this code and no message.
    package var asError: any Error {
        ArgumentParser.ExitCode(rawValue)
    }
}
