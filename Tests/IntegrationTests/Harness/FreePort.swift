import Glibc

enum FreePort {
    /// No connection to elsewhere is given one of these, so that none takes a port between its pick and its use.
    private static let ports: Range<UInt16> = 10_000..<32_000

    /// A TCP port of loopback that nothing listened on a moment ago, for programs that cannot be told "any".
    static func pick() throws -> Int {
        for _ in 0..<100 {
            let port = UInt16.random(in: ports)
            if try isFree(port) { return Int(port) }
        }
        throw HarnessError("no free port")
    }

    private static func isFree(_ port: UInt16) throws -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw HarnessError("no socket") }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(socket, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
