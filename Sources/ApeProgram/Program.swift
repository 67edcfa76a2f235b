import ApeCore
import ArgumentParser
import Glibc

/// How each of the programs starts and ends: arguments parsed, errors told on standard error in words, and one of the
/// exit codes that CI jobs act on.
package enum Program {
    /// Runs a root command to its end and exits.
    package static func main<Command: AsyncParsableCommand>(_ root: Command.Type) async -> Never {
        // A peer that has gone is an error of its write, not the end of this process.
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

    /// Lets this process have as many open files as the system grants it: every agent has its connections.
    private static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // Where the system refuses, the limit stays what it was, and a connection too many says so.
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Tells what went wrong and which code to exit with.
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
        // The parser's own code for wrong arguments is 64; ours is the one that the documentation names.
        return code == .validationFailure ? ApeCore.ExitCode.usage.rawValue : code.rawValue
    }
}

extension ApeCore.ExitCode {
    /// Ends the command with this code and no further words.
    package var asError: any Error {
        ArgumentParser.ExitCode(rawValue)
    }
}
