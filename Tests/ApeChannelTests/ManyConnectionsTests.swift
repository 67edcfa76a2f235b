import ApeCore
import Testing

@testable import ApeChannel

/// A thousand connections, one of four refused, one of four no TLS: `.ci/check-leaks` runs this under LeakSanitizer.
@Suite(.timeLimit(.minutes(10)), .enabled(if: TestAuthority.openssl != nil, "openssl is not installed"))
struct ManyConnectionsTests {
    static let connections = 1000

    @Test func aThousandConnectionsComeAndGo() async throws {
        let authority = try TestAuthority()
        let identity = try authority.issue("both")
        let files = TLSFiles(identity, trusting: authority.certificate)
        let coordinator = try TLSCredentials(.coordinator, files)
        let worker = try TLSCredentials(.worker, files)
        let stranger = try TLSCredentials(
            .worker,
            TLSFiles(try authority.selfSigned("stranger"), trusting: authority.certificate)
        )
        try await Listener.with(coordinator) { listener in
            var served = 0
            var refused = 0
            var broken = 0
            for number in 0..<Self.connections {
                if number % 100 == 99 { try coordinator.reload() }
                let tls: TLSCredentials? = [worker, stranger, worker, nil][number % 4]
                let connection = try await ControlClient.connect(to: listener.address, id: UInt64(number), tls: tls)
                connection.send(Array("hello".utf8))
                await connection.receive { _ in connection.close() }
                switch await listener.nextEnd()?.code {
                case nil: served += 1
                case .certificate: refused += 1
                default: broken += 1
                }
            }
            #expect(served == Self.connections / 2)
            #expect(refused == Self.connections / 4)
            #expect(broken == Self.connections / 4)
        }
    }
}
