import ApeCore
import Foundation
import Logging
import Testing

@testable import ApeChannel

/// Files that cannot be used, flags that do not go together, and files that are replaced.
@Suite(.timeLimit(.minutes(10)), .enabled(if: TestAuthority.openssl != nil, "openssl is not installed"))
struct TLSCredentialsTests {
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
    }

    private func problem(_ role: TLSRole = .coordinator, _ files: TLSFiles) -> String {
        let error = #expect(throws: ApeError.self) { try TLSCredentials(role, files) }
        #expect(error?.code == .file)
        #expect(error?.exitCode == .usage)
        return error?.description ?? ""
    }

    @Test func namesTheFileThatCannotBeUsed() throws {
        let good = try authority.issue("good")
        let other = try authority.issue("other")
        let garbage = authority.directory + "/garbage"
        try Data("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8).write(
            to: URL(filePath: garbage)
        )
        typealias Identity = TLSFiles.Identity
        let bad: [(identity: Identity, named: String, words: String)] = [
            (Identity(certificate: "/nowhere", key: good.key), "/nowhere of --tls-cert", "no certificate"),
            (Identity(certificate: garbage, key: good.key), garbage, "no certificate"),
            (Identity(certificate: good.certificate, key: garbage), "\(garbage) of --tls-key", "no private key"),
            (Identity(certificate: good.certificate, key: good.certificate), good.certificate, "no private key"),
            (Identity(certificate: good.certificate, key: other.key), other.key, "not the private key of"),
        ]
        for (identity, named, words) in bad {
            let problem = problem(.coordinator, TLSFiles(identity, trusting: nil))
            #expect(problem.contains(named), "\(problem)")
            #expect(problem.contains(words), "\(problem)")
        }
        #expect(problem(.coordinator, TLSFiles(good, trusting: garbage)).contains("\(garbage) of --tls-client-ca"))
        #expect(problem(.worker, TLSFiles(nil, trusting: "/nowhere")).contains("/nowhere of --tls-ca"))
    }

    /// Also that OpenSSL does not ask for the passphrase on the terminal.
    @Test func aKeyWithAPassphraseIsRefused() throws {
        let good = try authority.issue("good")
        let locked = authority.directory + "/locked.key"
        try authority.run("pkey -in \(good.key) -aes256 -passout pass:secret -out \(locked)")
        let identity = TLSFiles.Identity(certificate: good.certificate, key: locked)
        #expect(problem(.worker, TLSFiles(identity, trusting: nil)).contains("with a passphrase"))
    }

    @Test func anOwnCertificateThatHasExpiredIsTold() throws {
        let problem = problem(.coordinator, TLSFiles(try authority.issue("late", days: -1), trusting: nil))
        #expect(problem.contains("subject CN=late, expired on "), "\(problem)")
    }

    @Test(arguments: [
        (TLSRole.coordinator, ["c", nil, nil, nil], "--tls-key"), (.coordinator, [nil, "k", nil, nil], "--tls-cert"),
        (.coordinator, [nil, nil, "a", nil], "--tls-client-ca needs"), (.worker, ["c", "k", nil, nil], "--tls-ca"),
        (.worker, [nil, nil, nil, "n"], "--tls-ca"), (.worker, ["c", nil, "a", nil], "--tls-key"),
    ])
    func flagsThatLackAnotherAreRefused(role: TLSRole, flags: [String?], named: String) {
        let error = #expect(throws: ApeError.self) { try files(role, flags) }
        #expect(error?.code == .usage)
        #expect(error?.message.contains(named) == true)
    }

    @Test func flagsThatGoTogether() throws {
        #expect(try files(.coordinator, [nil, nil, nil, nil]) == nil)
        #expect(try files(.worker, [nil, nil, nil, nil]) == nil)
        #expect(try files(.coordinator, ["c", "k", nil, nil])?.identity?.key == "k")
        #expect(try files(.worker, [nil, nil, "a", "n"])?.name == "n")
    }

    private func files(_ role: TLSRole, _ flags: [String?]) throws(ApeError) -> TLSFiles? {
        try TLSFiles(role, certificate: flags[0], key: flags[1], authorities: flags[2], name: flags[3]) { _ in [] }
    }

    /// The old authority's workers are out once its file was replaced, those that are connected stay.
    @Test func replacedFilesCountForNewConnections() async throws {
        let clients = authority.directory + "/clients.pem"
        try FileManager.default.copyItem(atPath: authority.certificate, toPath: clients)
        let coordinator = try TLSCredentials(
            .coordinator,
            TLSFiles(authority.issue("coordinator"), trusting: clients)
        )
        let old = try TLSCredentials(.worker, TLSFiles(authority.issue("old"), trusting: authority.certificate))
        let successor = try TestAuthority("Successor")
        let new = try TLSCredentials(.worker, TLSFiles(successor.issue("new"), trusting: authority.certificate))
        #expect(try await Meeting.of(coordinator, new).coordinator?.code == .certificate)
        try await Listener.with(coordinator) { listener in
            let standing = try await ControlClient.connect(to: listener.address, id: 1, tls: old)
            standing.send(Array("before".utf8))
            try replace(clients, with: successor.certificate)
            try coordinator.reload()
            var heard = ""
            let broken = await standing.receive { bytes in
                heard += String(decoding: bytes, as: UTF8.self)
                if heard == "before" { standing.send(Array(" and after".utf8)) }
                if heard == "before and after" { standing.close() }
            }
            #expect(broken == nil)
            #expect(heard == "before and after")
        }
        #expect(try await Meeting.of(coordinator, new).echo == "hello")
        let refused = try await Meeting.of(coordinator, old)
        #expect(refused.coordinator?.message.contains("subject CN=old, is refused") == true, "\(refused)")
        #expect(refused.worker?.code == .certificate)
    }

    @Test func aBrokenNewFileLeavesTheOldInUse() async throws {
        let identity = try authority.issue("coordinator")
        let coordinator = try TLSCredentials(.coordinator, TLSFiles(identity, trusting: nil))
        let worker = try TLSCredentials(.worker, TLSFiles(nil, trusting: authority.certificate))
        let before = try #require(coordinator.context.certificate)
        try Data("not a key".utf8).write(to: URL(filePath: identity.key))
        let error = #expect(throws: ApeError.self) { try coordinator.reload() }
        #expect(error?.message.contains(identity.key) == true)
        coordinator.reload(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(coordinator.context.certificate == before)
        #expect(try await Meeting.of(coordinator, worker).echo == "hello")
    }

    private func replace(_ path: String, with other: String) throws {
        try Data(contentsOf: URL(filePath: other)).write(to: URL(filePath: path), options: .atomic)
    }
}
