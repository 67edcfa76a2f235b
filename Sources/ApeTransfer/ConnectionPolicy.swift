/// Who uses a client's connections, TLS sessions included.
package enum ConnectionPolicy: Sendable, Hashable {
    /// One session: the next one opens its own.
    case session
    /// The client alone, from its first request to its end.
    case client
    /// Other clients of the reactor that say so too: whichever connection is idle is taken.
    case shared
}
