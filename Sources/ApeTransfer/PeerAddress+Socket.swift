import CCurl
import Glibc

extension PeerAddress {
    /// The address that libcurl is about to connect to; nil when it is neither IPv4 nor IPv6.
    ///
    /// libcurl's struct declares only the shortest kind of address; the rest of a longer one follows in memory. So it
    /// is read through the pointer: a copy of the struct would truncate an IPv6 address.
    init?(_ address: UnsafeMutablePointer<curl_sockaddr>) {
        guard let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return nil }
        let raw = UnsafeRawPointer(address).advanced(by: offset)
        let length = Int(address.pointee.addrlen)
        switch address.pointee.family {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            let socket = raw.loadUnaligned(as: sockaddr_in.self)
            let bytes = withUnsafeBytes(of: socket.sin_addr) { Array($0) }
            self = .ip(bytes: bytes, port: Int(UInt16(bigEndian: socket.sin_port)))
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            let socket = raw.loadUnaligned(as: sockaddr_in6.self)
            let bytes = withUnsafeBytes(of: socket.sin6_addr) { Array($0) }
            self = .ip(bytes: bytes, port: Int(UInt16(bigEndian: socket.sin6_port)))
        default: return nil
        }
    }
}
