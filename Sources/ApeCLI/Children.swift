import ApeCore
import Glibc
import Synchronization

/// What is known of the child processes of a local fleet: who runs, who has ended and how.
final class Children: Sendable {
    private enum State: Sendable {
        case running(pid_t)
        case ended(Int32)
    }

    private let states = Mutex<[String: State]>([:])

    /// Runs a child to its end and keeps what became of it.
    ///
    /// - Returns: its exit code.
    func run(_ program: ChildProgram) async throws -> Int32 {
        let code = try await program.run { number in
            states.withLock { $0[program.name] = .running(number) }
        }
        states.withLock { $0[program.name] = .ended(code) }
        return code
    }

    /// The exit code of a child that has ended.
    func exitCode(of name: String) -> Int32? {
        states.withLock { states in
            if case .ended(let code)? = states[name] { code } else { nil }
        }
    }

    /// The number of a child that runs.
    func process(of name: String) -> pid_t? {
        states.withLock { states in
            if case .running(let process)? = states[name] { process } else { nil }
        }
    }

    /// Sends a signal to a child that runs.
    func signal(_ name: String, _ number: Int32) {
        states.withLock { states in
            if case .running(let process)? = states[name] { kill(process, number) }
        }
    }
}
