import Foundation
import Testing

@testable import ApeTransfer

/// Certificates are verified always, against the authorities that the request names.
@Suite(.enabled(if: CertificateFiles.openssl != nil, "openssl is not installed"))
struct TLSTests {
    @Test func trustsOnlyWhatItIsTold() async throws {
        let server = try TLSServer()
        defer { server.stop() }
        let results = try await withClient { client in
            var request = TransferRequest(url: "https://localhost:\(server.port)/")
            let stranger = await failure(of: request, by: client)
            request.caFile = server.certificate
            let response = try await client.perform(request)
            request.url = "https://127.0.0.1:\(server.port)/"
            let otherName = await failure(of: request, by: client)
            request.url = "https://localhost:\(server.port)/"
            request.caFile = "/no/such/file.pem"
            let noFile = await failure(of: request, by: client)
            return (stranger?.kind, response.status, response.connection, otherName?.kind, noFile?.kind)
        }
        #expect(results.0 == .tls)
        #expect(results.1 == 200)
        #expect(results.2.tlsMicros > 0 && results.2.connectMicros > 0)
        #expect(results.3 == .tls)
        #expect(results.4 == .tls)
    }

    @Test func tellsTheCertificateWhereItIsWanted() async throws {
        let server = try TLSServer()
        defer { server.stop() }
        let chains = try await withClient { client in
            var request = TransferRequest(url: "https://localhost:\(server.port)/")
            request.caFile = server.certificate
            request.wantsCertificates = true
            let wanted = try await client.perform(request).certificates
            request.wantsCertificates = false
            return (wanted, try await client.perform(request).certificates)
        }
        #expect(chains.0.map(\.subject) == ["CN = localhost"])
        #expect(chains.0.map(\.issuer) == ["CN = localhost"])
        #expect(chains.0.first?.expires.hasSuffix(" GMT") == true)
        #expect(chains.1.isEmpty)
    }

    /// The server's page says whether the handshake went on from an earlier one; it closes every connection.
    @Test(arguments: [(ConnectionPolicy.client, [false, true, true]), (.session, [false, false, false])])
    func sessionsOfTLSAreTheClients(policy: ConnectionPolicy, resumed: [Bool]) async throws {
        let server = try TLSServer()
        defer { server.stop() }
        let pages = try await onReactor { reactor in
            var request = TransferRequest(url: "https://localhost:\(server.port)/")
            request.caFile = server.certificate
            let stranger = TransferClient(reactor: reactor)
            _ = try await stranger.perform(request)
            let client = TransferClient(reactor: reactor, connections: policy)
            var pages: [String] = []
            for _ in 0..<3 {
                client.beginSession()
                pages.append(try await client.perform(request).text)
            }
            return pages
        }
        #expect(pages.map { $0.contains("Reused, TLS") } == resumed)
        #expect(pages.allSatisfy { $0.contains("Reused, TLS") != $0.contains("New, TLS") })
    }

    /// Where the room for TLS sessions cannot be made yet, since another request of the client is running, libcurl would
    /// leave the session with the handle, which another client may get.
    @Test func noSessionOfTLSStaysWithAHandle() async throws {
        let (server, began, end) = (try TLSServer(), Gate(), Gate())
        defer { server.stop() }
        let plain = ScriptedServer { connection in
            _ = connection.readRequest()
            began.open()
            connection.waitForClose()
            end.open()
        }
        let pages = try await onReactor { reactor in
            var request = TransferRequest(url: "https://localhost:\(server.port)/")
            request.caFile = server.certificate
            let client = TransferClient(reactor: reactor)
            let waiting = Task(executorPreference: reactor) {
                await failure(of: .patient(plain.url()), by: client)
            }
            await began.wait()
            var pages: [String] = []
            for _ in 0..<2 { pages.append(try await client.perform(request).text) }
            waiting.cancel()
            await end.wait()
            for _ in 0..<2 { pages.append(try await client.perform(request).text) }
            return pages
        }
        #expect(pages.map { $0.contains("Reused, TLS") } == [false, false, false, true])
    }

    @Test func showsACertificateWhereItIsAskedForOne() async throws {
        let server = try TLSServer(asksForCertificate: true)
        defer { server.stop() }
        let results = try await withClient { client in
            var request = TransferRequest(url: "https://localhost:\(server.port)/")
            request.caFile = server.certificate
            let without = await failure(of: request, by: client)
            request.clientCertificate = server.certificate
            request.clientKey = server.key
            let shown = try await client.perform(request).status
            request.clientKey = "/no/such/key.pem"
            return (without, shown, await failure(of: request, by: client))
        }
        #expect(results.0 != nil && results.1 == 200)
        #expect(results.2?.kind == .tls && results.2?.message.contains("key") == true)
    }

    @Test func plainTextIsNoHandshake() async throws {
        let server = ScriptedServer { connection in
            connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            connection.waitForClose()
        }
        let error = try await withClient {
            await failure(of: TransferRequest(url: "https://127.0.0.1:\(server.port)/"), by: $0)
        }
        #expect(error?.kind == .tls)
    }
}

/// `openssl s_server` with a certificate of its own.
final class TLSServer: Sendable {
    let port: Int
    let certificate: String
    let key: String
    private let files: CertificateFiles
    private let process: Process

    init(asksForCertificate: Bool = false) throws {
        files = try CertificateFiles()
        certificate = files.certificate
        key = files.key
        var arguments = ["s_server", "-accept", "127.0.0.1:0", "-www", "-key", files.key, "-cert", files.certificate]
        if asksForCertificate {
            arguments += ["-Verify", "1", "-verify_return_error", "-CAfile", files.certificate]
        }
        let (process, output) = try CertificateFiles.runOpenSSL(arguments)
        self.process = process
        var text = ""
        var found: Int?
        while found == nil {
            let data = output.availableData
            guard !data.isEmpty else { break }
            text += String(decoding: data, as: UTF8.self)
            found = text.firstMatch(of: /ACCEPT [0-9.]+:([0-9]+)\n/).flatMap { Int($0.1) }
        }
        port = try #require(found, "openssl s_server said: \(text)")
    }

    func stop() {
        process.end()
        files.remove()
    }
}
