import Glibc
import ServiceLifecycle

/// Ends this process's service group once the process that started it is gone, so that a parent killed with -9 leaves
/// nothing behind.
package struct ParentWatch: Service {
    /// How often to look.
    static let period: Duration = .milliseconds(500)

    private let parent: Int32

    package init(parent: Int32) {
        self.parent = parent
    }

    /// Returns when the parent has gone, or at shutdown.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            // An orphan is handed to another process, so the parent's number no longer is this one's parent. A
            // cancelled sleep is this watch's good end.
            while getppid() == parent, (try? await Task.sleep(for: Self.period)) != nil {}
        }
    }
}
