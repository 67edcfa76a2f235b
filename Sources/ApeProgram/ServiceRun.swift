import Logging
import ServiceLifecycle
import UnixSignals

/// Runs a program's main service in a service group. SIGINT, SIGTERM and the end of a watched parent shut it down
/// gracefully.
package enum ServiceRun {
    /// How long a graceful shutdown may take before what still runs is cancelled.
    static let patience: Duration = .seconds(30)

    /// Runs the service until it ends by itself or is shut down.
    ///
    /// - Parameters:
    ///   - service: the main service. Its end ends the program.
    ///   - companion: a service that runs beside it and never ends the program; nil for none.
    ///   - parentWatch: the watch on the parent; nil for none.
    ///   - hangupWatch: the action at SIGHUP; nil to have SIGHUP end the program, as is the default of the system.
    ///   - terminationWatch: a service whose end shuts the program down in the place of SIGTERM; nil for none.
    ///   - logger: takes the log lines of the service group.
    /// - Throws: what the service throws.
    package static func toEnd(
        _ service: some Service,
        beside companion: (any Service)? = nil,
        parentWatch: ParentWatch?,
        hangupWatch: HangupWatch? = nil,
        terminationWatch: (any Service)? = nil,
        logger: Logger
    ) async throws {
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(
                    service: service,
                    successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup
                )
            ],
            gracefulShutdownSignals: terminationWatch == nil ? [.sigint, .sigterm] : [.sigint],
            logger: logger
        )
        if let companion {
            configuration.services.append(.init(service: companion, successTerminationBehavior: .ignore))
        }
        let watches: [(any Service)?] = [parentWatch, hangupWatch, terminationWatch]
        for watch in watches.compactMap(\.self) {
            configuration.services.append(.init(service: watch, successTerminationBehavior: .gracefullyShutdownGroup))
        }
        configuration.maximumGracefulShutdownDuration = patience
        try await ServiceGroup(configuration: configuration).run()
    }
}
