import ApeCore
import ApeMetrics
import ApeWire

/// The coordinator's side of the fleet's protocol, as a value: events go in, actions come out.
///
/// `nowMicros` is fleet time: microseconds since 1970 that never step. A shell takes the wall clock once and adds a
/// monotonic clock to it; for a run that is taken up again it must not begin before ``RecoveredRun``'s latest time.
package struct CoordinatorMachine: Sendable {
    package let configuration: CoordinatorConfiguration

    /// - Parameters:
    ///   - configuration: what to run.
    ///   - recovered: what is stored of the run already; nil for a new one.
    package init(_ configuration: CoordinatorConfiguration, recovered: RecoveredRun? = nil) {
        self.configuration = configuration
    }

    /// When ``Event/timer`` is due, on the same clock; nil when nothing is waited for.
    package var nextWakeMicros: Int64? { nil }

    /// Takes one event and tells what the shell has to do.
    package mutating func handle(_ event: Event, at nowMicros: Int64) -> [Action] { [] }

    /// How much has come in, by worker in the order of joining.
    package var completeness: [Completeness] { [] }
}
