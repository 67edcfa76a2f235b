import Foundation
import Testing

@testable import ApeTransfer

/// Certificates are verified always, against the authorities that the request names.
@Suite(.enabled(if: TLSServer.openssl != nil, "openssl is not installed"))
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
            return (stranger?.kind, response.status, response.phases, otherName?.kind, noFile?.kind)
        }
        #expect(results.0 == .tls)
        #expect(results.1 == 200)
        #expect(results.2.tlsMicros >= results.2.connectMicros)
        #expect(results.3 == .tls)
        #expect(results.4 == .tls)
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

/// `openssl s_server` with a certificate of its own for `localhost`.
final class TLSServer: Sendable {
    static let openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first(
        where: FileManager.default.isExecutableFile
    )

    let port: Int
    let certificate: String
    private let directory: URL
    private let process: Process

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "ape-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        certificate = directory.appending(path: "cert.pem").path
        let key = directory.appending(path: "key.pem").path
        let request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
        let names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]
        let maker = try Self.start(request.split(separator: " ").map(String.init) + names).process
        maker.waitUntilExit()
        let serve = ["s_server", "-accept", "127.0.0.1:0", "-www", "-key", key, "-cert", certificate]
        let (process, output) = try Self.start(serve)
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
        // Threads of the concurrency runtime block the gentler signals, and what they start inherits that.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: directory)
    }

    private static func start(_ arguments: [String]) throws -> (process: Process, output: FileHandle) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: try #require(openssl))
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = Pipe()
        try process.run()
        return (process, pipe.fileHandleForReading)
    }
}
