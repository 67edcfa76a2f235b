import ApeCore
import ArgumentParser
import Glibc

/// The start and end of each program: it parses arguments, prints errors on standard error, and exits with one of the
/// exit codes that CI jobs act on.
package enum Program {
    /// Runs a root command to its end and exits.
    package static func main<Command: AsyncParsableCommand>(_ root: Command.Type) async -> Never {
        // A write to a closed connection must return an error, not end this process.
        signal(SIGPIPE, SIG_IGN)
        raiseFileLimit()
        do {
            var command = try root.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            exit(ApeCore.ExitCode.passed.rawValue)
        } catch {
            exit(end(root, error))
        }
    }

    /// Raises the limit of open files to the hard limit, since every agent has connections.
    private static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // Where the system refuses, the limit stays, and the first connection above it reports an error.
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
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
            if !message.isEmpty { print(message) }
            return code.rawValue
        }
        if !message.isEmpty { StandardError.write(message + "\n") }
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
