import ApeCore
import ApeMetrics
import ApeWire

/// A worker's side of the fleet's protocol, as a value: events go in, actions come out.
///
/// `nowMicros` is the worker's own monotonic clock; it never steps. Events must be handled in the order in which they
/// happened, and their actions done in order before the next event.
package struct WorkerMachine: Sendable {
    package let configuration: WorkerConfiguration

    package init(_ configuration: WorkerConfiguration) {
        self.configuration = configuration
    }

    /// When ``Event/timer`` is due, on the same clock; nil when nothing is waited for.
    package var nextWakeMicros: Int64? { nil }

    /// Takes one event and tells what the shell has to do.
    package mutating func handle(_ event: Event, at nowMicros: Int64) -> [Action] { [] }
}
