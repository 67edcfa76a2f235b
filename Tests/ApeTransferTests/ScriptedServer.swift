import Dispatch
import Glibc
import Synchronization

/// A loopback server that reads requests and answers with the very bytes that a test scripts. Each connection has a
/// thread, so that a script can block until its client does something.
final class ScriptedServer: Sendable {
    typealias Script = @Sendable (Connection) -> Void

    let port: Int
    private let listener: Int32
    private let script: Script
    private let accepted = Atomic<Int>(0)
    private let released = DispatchSemaphore(value: 0)

    /// Serves `script` on a free port of 127.0.0.1.
    convenience init(_ script: @escaping Script) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        self.init(on: AF_INET, &address, script)
    }

    /// Serves `script` on a free port of ::1.
    static func onIPv6(_ script: @escaping Script) -> ScriptedServer {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_addr = in6addr_loopback
        return ScriptedServer(on: AF_INET6, &address, script)
    }

    /// The port stands at one place in addresses of both families.
    private init<Address>(on family: Int32, _ address: inout Address, _ script: @escaping Script) {
        let listener = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var length = socklen_t(MemoryLayout<Address>.size)
        let (code, port) = withUnsafeMutableBytes(of: &address) { raw in
            guard let pointer = raw.assumingMemoryBound(to: sockaddr.self).baseAddress else { return (Int32(-1), 0) }
            let code =
                bind(listener, pointer, length) | listen(listener, 1024) | getsockname(listener, pointer, &length)
            return (code, Int(raw[2]) << 8 | Int(raw[3]))
        }
        precondition(code == 0, "cannot listen on loopback")
        self.listener = listener
        self.port = port
        self.script = script
        spawn { [self] in acceptAll() }
    }

    /// Answers every request of every connection.
    convenience init(answers: @escaping @Sendable (Request) -> String) {
        self.init { connection in
            while let request = connection.readRequest() { connection.send(answers(request)) }
        }
    }

    /// Connections accepted so far.
    var connections: Int {
        accepted.load(ordering: .sequentiallyConsistent)
    }

    func url(_ path: String = "/", host: String = "127.0.0.1") -> String {
        "http://\(host):\(port)\(path)"
    }

    /// Refuses connections from now on, and has given the port back when it returns; to be called once.
    ///
    /// The thread that accepts closes the listener. Closed here, its number could be another server's by the time that
    /// this thread accepts again, and this server would answer what was asked of the other.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        released.wait()
    }

    private func acceptAll() {
        defer {
            close(listener)
            released.signal()
        }
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { return }
            accepted.add(1, ordering: .sequentiallyConsistent)
            spawn { [script] in
                let connection = Connection(descriptor: descriptor)
                script(connection)
                connection.close()
            }
        }
    }
}

/// A request as the server read it.
struct Request: Sendable {
    var method: String
    var path: String
    var headers: [(name: String, value: String)]
    var body: String

    subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Runs a body on a thread of its own.
func spawn(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    pthread_create(
        &thread,
        nil,
        { context in
            guard let context else { return nil }
            Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
            return nil
        },
        Unmanaged.passRetained(Box(body)).toOpaque()
    )
    pthread_detach(thread)
}
