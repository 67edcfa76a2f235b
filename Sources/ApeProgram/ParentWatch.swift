import Glibc
import ServiceLifecycle

/// Ends this process's service group once the process that started it has ended, so that a parent killed with -9 leaves
/// no process behind.
package struct ParentWatch: Service {
    /// How often the parent is checked.
    static let period: Duration = .milliseconds(500)

    let parent: Int32

    /// Returns when the parent has ended, or at shutdown.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            // An orphan gets another parent, so `getppid` changes. A cancelled sleep is the regular end.
            while getppid() == parent, (try? await Task.sleep(for: Self.period)) != nil {}
        }
    }
}
