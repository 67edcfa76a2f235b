import Logging
import ServiceLifecycle
import UnixSignals

/// Runs a program's one long-lived thing in a service group: SIGINT and SIGTERM shut it down gracefully, and so does
/// the end of a parent that is watched.
package enum ServiceRun {
    /// How long a graceful end may take before what is left is cancelled.
    static let patience: Duration = .seconds(30)

    /// Returns when the service has ended by itself or was shut down.
    ///
    /// - Parameters:
    ///   - service: what the program is for.
    ///   - companion: what runs beside it and never ends the program; nil for nothing.
    ///   - parentWatch: the watch on a parent, where there is one.
    ///   - hangupWatch: what SIGHUP does; nil where it ends the program, as is the system's custom.
    ///   - logger: where the group tells of its services.
    /// - Throws: what the service throws.
    package static func toEnd(
        _ service: some Service,
        beside companion: (any Service)? = nil,
        parentWatch: ParentWatch?,
        hangupWatch: HangupWatch? = nil,
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
            gracefulShutdownSignals: [.sigint, .sigterm],
            logger: logger
        )
        if let companion {
            configuration.services.append(.init(service: companion, successTerminationBehavior: .ignore))
        }
        if let parentWatch {
            configuration.services.append(
                .init(service: parentWatch, successTerminationBehavior: .gracefullyShutdownGroup)
            )
        }
        if let hangupWatch {
            configuration.services.append(
                .init(service: hangupWatch, successTerminationBehavior: .gracefullyShutdownGroup)
            )
        }
        configuration.maximumGracefulShutdownDuration = patience
        try await ServiceGroup(configuration: configuration).run()
    }
}
