/// Decides whether a connection to `host` and `port` may be opened, given the address that the name resolved to.
///
/// It is called on the reactor's thread before every new connection, also after a redirect. The clients of one reactor
/// share kept-alive connections, so they must have the same gate.
package typealias TransferGate = @Sendable (_ host: String, _ port: Int, _ resolved: PeerAddress) -> Bool
