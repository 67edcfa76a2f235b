import ApeCore
import Foundation
import Synchronization
import Testing

@testable import ApeChannel

/// `openssl s_client` as a worker and `openssl s_server` as a coordinator.
@Suite(.timeLimit(.minutes(10)), .enabled(if: TestAuthority.openssl != nil, "openssl is not installed"))
struct ForeignPeerTests {
    private let authority: TestAuthority
    private let coordinator: TLSCredentials
    private let worker: TLSCredentials

    init() throws {
        authority = try TestAuthority()
        let files = TLSFiles(try authority.issue("coordinator"), trusting: authority.certificate)
        coordinator = try TLSCredentials(.coordinator, files)
        worker = try TLSCredentials(.worker, TLSFiles(try authority.issue("worker"), trusting: authority.certificate))
    }

    // MARK: - openssl as the worker

    private func client(_ listener: Listener, _ flags: String) throws -> ForeignPeer {
        try ForeignPeer("s_client -connect \(listener.address) -CAfile \(authority.certificate) \(flags)")
    }

    private func shown(_ identity: TLSFiles.Identity) -> String {
        "-cert \(identity.certificate) -key \(identity.key)"
    }

    @Test func aForeignWorkerIsServed() async throws {
        try await Listener.with(coordinator) { listener in
            let peer = try client(listener, "-verify_return_error " + shown(authority.issue("foreign")))
            let handshake = try await peer.heard("Verify return code: 0 (ok)")
            #expect(handshake.contains("TLSv1.3"))
            peer.say("a line\n")
            try await peer.heard("a line\n")
            peer.say("Q\n")
            #expect(await listener.nextEnd() == nil)
        }
    }

    /// `K` asks for new keys on both sides, `k` on one.
    @Test func newKeysAreTaken() async throws {
        try await Listener.with(coordinator) { listener in
            let peer = try client(listener, shown(authority.issue("foreign")))
            try await peer.heard("Verify return code")
            for order in ["K", "k", "K"] {
                peer.say("\(order)\n")
                try await peer.heard("KEYUPDATE")
                peer.say("after \(order)\n")
                try await peer.heard("after \(order)\n")
            }
            peer.say("Q\n")
            #expect(await listener.nextEnd() == nil)
        }
    }

    /// `R` asks for what TLS 1.3 has no more; the client gives up by itself, and the listener serves the next.
    @Test func nothingIsNegotiatedAnew() async throws {
        try await Listener.with(coordinator) { listener in
            let peer = try client(listener, shown(authority.issue("foreign")))
            try await peer.heard("Verify return code")
            peer.say("R\n")
            try await peer.heard("wrong ssl version")
            _ = await listener.nextEnd()
            let next = try await ControlClient.connect(to: listener.address, id: 2, tls: worker)
            next.send(Array("x".utf8))
            #expect(await next.receive { _ in next.close() } == nil)
        }
    }

    @Test func aWorkerThatIsKilledLeavesATruncatedConnection() async throws {
        try await Listener.with(coordinator) { listener in
            do {
                let peer = try client(listener, shown(authority.issue("foreign")))
                try await peer.heard("Verify return code")
                peer.say("a line\n")
                try await peer.heard("a line\n")
            }
            let end = await listener.nextEnd()
            #expect(end?.code == .network)
            #expect(end?.message.contains("The connection was cut") == true)
        }
    }

    @Test(arguments: ["-tls1_2", "-no_tls1_3"])
    func anOlderTLSIsRefused(flag: String) async throws {
        try await Listener.with(coordinator) { listener in
            let peer = try client(listener, "\(flag) " + shown(authority.issue("foreign")))
            let end = await listener.nextEnd()
            #expect(end?.message.contains("TLS 1.3, the only version") == true, "\(String(describing: end))")
            try await peer.heard("alert protocol version")
        }
    }

    @Test func aForeignWorkersExpiredCertificateIsRefused() async throws {
        try await Listener.with(coordinator) { listener in
            let peer = try client(listener, shown(authority.issue("late", days: -1)))
            let end = await listener.nextEnd()
            let words = try #require(end?.message)
            #expect(end?.code == .certificate)
            #expect(words.contains("The worker's certificate, subject CN=late, is refused: it expired on "), "\(words)")
            try await peer.heard("alert certificate expired")
        }
    }

    @Test func aForeignWorkerWithoutACertificateIsRefused() async throws {
        try await Listener.with(coordinator) { listener in
            let peer = try client(listener, "")
            #expect(await listener.nextEnd()?.message.contains("The worker shows no certificate") == true)
            try await peer.heard("certificate required")
        }
    }

    // MARK: - openssl as the coordinator

    /// Starts a server and has a worker speak to it: what it heard, and how it ended.
    private func meet(_ flags: String, _ worker: TLSCredentials) async throws -> (heard: String, end: ApeError?) {
        let peer = try ForeignPeer("s_server -accept 127.0.0.1:0 -naccept 1 \(flags)")
        try await peer.heard("ACCEPT 127.0.0.1:")
        let port = try #require(Int(try await peer.heard("\n").dropLast()))
        let heard = Mutex("")
        do throws(ApeError) {
            let address = HostPort(host: "127.0.0.1", port: port)
            let connection = try await ControlClient.connect(to: address, id: 1, tls: worker)
            connection.send(Array("drawer\n".utf8))
            let end = await connection.receive { bytes in
                let isAll = heard.withLock { all in
                    all += String(decoding: bytes, as: UTF8.self)
                    return all.hasSuffix("\n")
                }
                if isAll { connection.close() }
            }
            return (heard.withLock { $0 }, end)
        } catch {
            return (heard.withLock { $0 }, error)
        }
    }

    @Test func aForeignCoordinatorIsSpokenTo() async throws {
        let identity = try authority.issue("foreign")
        let flags = "-rev -Verify 1 -verify_return_error -CAfile \(authority.certificate) " + shown(identity)
        let met = try await meet(flags, worker)
        #expect(met.heard == "reward\n")
        #expect(met.end == nil)
    }

    @Test func aForeignCoordinatorsExpiredCertificateIsRefused() async throws {
        let met = try await meet("-rev " + shown(authority.issue("late", days: -1)), worker)
        let words = try #require(met.end?.description)
        #expect(met.end?.code == .certificate)
        #expect(
            words.contains("the coordinator's certificate, subject CN=late, is refused: it expired on "),
            "\(words)"
        )
        #expect(words.contains("SIGHUP"), "\(words)")
    }

    @Test func anOlderCoordinatorIsRefused() async throws {
        let met = try await meet("-rev -tls1_2 " + shown(authority.issue("old")), worker)
        #expect(met.end?.code == .network)
        #expect(met.end?.description.contains("TLS 1.3, the only version") == true, "\(met)")
    }

    @Test func aCoordinatorThatRefusesTheWorkerSaysWhy() async throws {
        let other = try TestAuthority("Another authority")
        let flags =
            "-rev -Verify 1 -verify_return_error -CAfile \(other.certificate) " + shown(try authority.issue("foreign"))
        let met = try await meet(flags, worker)
        #expect(met.end?.code == .certificate)
        #expect(met.end?.message.contains("The coordinator refused this worker's certificate") == true, "\(met)")
    }
}
