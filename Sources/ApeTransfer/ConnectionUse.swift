/// How a request got its connection.
package struct ConnectionUse: Sendable, Hashable {
    /// Connections that were opened for it, TLS included.
    package var opened = 0
    /// How often it was sent over a connection that was open already.
    package var reused = 0
    /// Whether a connection that it needed could not be opened.
    package var hasFailed = false
    /// How often it was sent again because the connection ended before the answer, where that is safe: ``RepeatRule``.
    package var repeats = 0
    /// What waiting for the name's addresses took; 0 where they were known.
    package var nameLookupMicros: Int64 = 0
    /// What opening the last connection took, TLS left out; 0 where none was opened.
    package var connectMicros: Int64 = 0
    /// What its TLS handshake took; 0 without one.
    package var tlsMicros: Int64 = 0

    package init() {}
}
