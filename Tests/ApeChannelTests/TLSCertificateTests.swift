import ApeCore
import Foundation
import Testing

@testable import ApeChannel

/// Who is let in and who is not, over loopback sockets, and what both sides say of it.
@Suite(.timeLimit(.minutes(10)), .enabled(if: TestAuthority.openssl != nil, "openssl is not installed"))
struct TLSCertificateTests {
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
    }

    /// A coordinator with a certificate of the authority's unless given another.
    private func coordinator(_ identity: TLSFiles.Identity? = nil, clients: String? = nil) throws -> TLSCredentials {
        let identity = try identity ?? authority.issue("coordinator")
        return try TLSCredentials(.coordinator, TLSFiles(identity, trusting: clients))
    }

    /// A worker that trusts the authority unless told otherwise.
    private func worker(_ identity: TLSFiles.Identity? = nil, trusting: String? = nil, name: String? = nil) throws
        -> TLSCredentials
    {
        try TLSCredentials(.worker, TLSFiles(identity, trusting: trusting ?? authority.certificate, name: name))
    }

    @Test(arguments: ["localhost", "127.0.0.1"])
    func aNameOrAnAddressOfTheCertificateIsAccepted(host: String) async throws {
        let meeting = try await Meeting.of(coordinator(), worker(), host: host)
        #expect(meeting.worker == nil)
        #expect(meeting.coordinator == nil)
        #expect(meeting.echo == "hello")
    }

    @Test func bothSidesCanShowThemselves() async throws {
        let coordinator = try coordinator(clients: authority.certificate)
        let meeting = try await Meeting.of(coordinator, worker(authority.issue("worker", purpose: "clientAuth")))
        #expect(meeting.worker == nil)
        #expect(meeting.coordinator == nil)
        #expect(meeting.echo == "hello")
    }

    @Test(arguments: [
        ("DNS:other.example", "localhost"), ("DNS:localhost", "127.0.0.1"), ("IP:127.0.0.2", "127.0.0.1"),
        ("IP:127.0.0.1", "localhost"), ("DNS:*host", "localhost"), ("", "localhost"), ("DNS:127.0.0.1", "127.0.0.1"),
    ])
    func anotherNameIsRefused(names: String, host: String) async throws {
        // Its subject is CN=localhost, which counts for nothing.
        let meeting = try await Meeting.of(
            coordinator(authority.issue("localhost", names: names)),
            worker(),
            host: host
        )
        #expect(meeting.echo == "")
        #expect(meeting.worker?.code == .certificate)
        let words = try #require(meeting.worker?.description)
        #expect(words.contains("CN=localhost"), "\(words)")
        #expect(words.contains("is not made for \(host)"), "\(words)")
        #expect(words.contains("--tls-name"), "\(words)")
        let answer = try #require(meeting.coordinator?.message)
        #expect(answer.contains("The worker refused this coordinator's certificate"), "\(answer)")
    }

    @Test func aNameCanBeToldApartFromTheAddress() async throws {
        let coordinator = try coordinator(authority.issue("far", names: "DNS:control.example"))
        #expect(try await Meeting.of(coordinator, worker(name: "control.example")).echo == "hello")
        #expect(try await Meeting.of(coordinator, worker(name: "ontrol.example")).worker?.code == .certificate)
    }

    @Test func aSelfSignedCoordinatorIsRefused() async throws {
        let meeting = try await Meeting.of(coordinator(authority.selfSigned("impostor")), worker())
        #expect(meeting.worker?.code == .certificate)
        #expect(meeting.worker?.description.contains("subject CN=impostor, is refused: it is self-signed") == true)
        #expect(meeting.coordinator?.code == .certificate)
    }

    @Test func aSelfSignedCoordinatorCanBeTrustedItself() async throws {
        let identity = try authority.selfSigned("pinned")
        #expect(try await Meeting.of(coordinator(identity), worker(trusting: identity.certificate)).echo == "hello")
    }

    @Test(arguments: ["Another authority", "Test authority"])
    func aCoordinatorByAnotherAuthorityIsRefused(name: String) async throws {
        let other = try TestAuthority(name)
        let meeting = try await Meeting.of(coordinator(other.issue("stranger")), worker())
        let words = try #require(meeting.worker?.description)
        #expect(meeting.worker?.code == .certificate)
        #expect(words.contains("subject CN=stranger, is refused: its authority, CN=\(name)"), "\(words)")
        #expect(words.contains("--tls-ca"), "\(words)")
    }

    @Test func aWorkersCertificateIsNoCoordinators() async throws {
        let coordinator = try coordinator(authority.issue("worker", purpose: "clientAuth"))
        let meeting = try await Meeting.of(coordinator, worker())
        #expect(meeting.worker?.code == .certificate)
        #expect(meeting.worker?.description.contains("not made for a coordinator") == true)
    }

    @Test func aWorkerWithoutACertificateIsRefused() async throws {
        let meeting = try await Meeting.of(coordinator(clients: authority.certificate), worker())
        #expect(meeting.echo == "")
        #expect(meeting.coordinator?.code == .certificate)
        #expect(meeting.coordinator?.message.contains("The worker shows no certificate") == true)
        let words = try #require(meeting.worker?.message)
        #expect(meeting.worker?.code == .certificate)
        #expect(words.contains("The coordinator refused this worker's certificate: none was shown"), "\(words)")
    }

    @Test func aWorkerByAnotherAuthorityIsRefused() async throws {
        let other = try TestAuthority("Another authority")
        let stranger = try worker(other.issue("stranger"))
        let meeting = try await Meeting.of(coordinator(clients: authority.certificate), stranger)
        #expect(meeting.echo == "")
        #expect(meeting.coordinator?.message.contains("The worker's certificate, subject CN=stranger") == true)
        let words = try #require(meeting.worker?.message)
        #expect(meeting.worker?.code == .certificate)
        #expect(words.contains("--tls-client-ca (unknown_ca)"), "\(words)")
    }

    @Test func aCoordinatorsCertificateIsNoWorkers() async throws {
        let identity = try authority.issue("coordinator2", purpose: "serverAuth")
        let meeting = try await Meeting.of(coordinator(clients: authority.certificate), worker(identity))
        #expect(meeting.coordinator?.message.contains("not made for a worker (extendedKeyUsage)") == true)
        #expect(meeting.worker?.code == .certificate)
    }

    @Test func oneSideWithoutTLSIsToldSo() async throws {
        let plain = try await Meeting.of(nil, worker())
        #expect(plain.worker?.code == .network)
        let encrypted = try await Meeting.of(coordinator(), nil)
        #expect(encrypted.coordinator?.message.contains("What came is no TLS: give workers --tls-ca") == true)
    }

    /// A connection that never begins its handshake holds nothing up: the farewell would never arrive.
    @Test func whoIsTurnedAwayBeforeTheHandshakeIsGoneAtOnce() async throws {
        // A limit that a busy machine does not reach: with the usual one a late turn would look like a wait.
        let server = try await ControlServer(
            listeningOn: HostPort(host: "127.0.0.1", port: 0),
            tls: coordinator(),
            handshakeLimitSeconds: 60
        )
        let (ends, ended) = AsyncStream.makeStream(of: ApeError?.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.run { connection in
                    connection.close(after: Array("too many\n".utf8))
                    ended.yield(await connection.receive { _ in })
                }
            }
            let silent = try await ControlClient.connect(to: server.address, id: 1)
            await silent.receive { _ in }
            var iterator = ends.makeAsyncIterator()
            // A connection that had waited for its handshake would end with the error of the handshake's time limit.
            let end = try #require(await iterator.next())
            #expect(end == nil)
            group.cancelAll()
        }
    }

    @Test func wordsOfAHostileNameStayOnOneLine() throws {
        let stem = authority.directory + "/hostile"
        try authority.run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out \(stem).key")
        try authority.run(
            "req -x509 -new -config \(authority.directory)/openssl.cnf -key \(stem).key -days 2 -out \(stem).pem -subj",
            "/CN=a\nERROR \u{1B}[31m" + String(repeating: "é", count: 20)
        )
        let identity = TLSFiles.Identity(certificate: stem + ".pem", key: stem + ".key")
        let subject = try #require(try coordinator(identity).context.certificate?.subject)
        #expect(subject.utf8.allSatisfy { (0x20..<0x7F).contains($0) }, "\(subject)")
        #expect(subject.utf8.count <= CertificateFacts.textLimit)
    }
}
