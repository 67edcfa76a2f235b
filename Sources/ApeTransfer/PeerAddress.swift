/// The address that a connection is about to be opened to.
package enum PeerAddress: Sendable, Hashable {
    /// The bytes of an IPv4 (4) or IPv6 (16) address, in network order.
    case ip(bytes: [UInt8], port: Int)
    /// A proxy will resolve the name, so only the name can be checked. Asked before every request.
    case throughProxy
    /// The address of the proxy that the request names; `host` and `port` are the proxy's. A proxy from the process's
    /// environment is not asked about.
    case proxy(bytes: [UInt8], port: Int)

    /// Whether this is 127.0.0.0/8, ::1 or the former written as IPv6.
    package var isLoopback: Bool {
        guard let bytes else { return false }
        return switch bytes.count {
        case 4: bytes[0] == 127
        case 16:
            bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
                || bytes[..<10].allSatisfy { $0 == 0 } && bytes[10...11] == [255, 255] && bytes[12] == 127
        default: false
        }
    }
}

extension PeerAddress {
    /// The address in network order; nil where a proxy resolves it.
    private var bytes: [UInt8]? {
        switch self {
        case .ip(let bytes, _), .proxy(let bytes, _): bytes
        case .throughProxy: nil
        }
    }
}

extension PeerAddress: CustomStringConvertible {
    /// The address without its port: `127.0.0.1`, `fe80:0:0:0:0:0:0:1`.
    package var description: String {
        guard let bytes else { return "an address that the proxy resolves" }
        guard bytes.count == 16 else { return bytes.map(String.init).joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2)
            .map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }
}
