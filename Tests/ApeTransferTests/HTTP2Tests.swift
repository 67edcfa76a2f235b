import Foundation
import Testing

@testable import ApeTransfer

/// HTTP/2, negotiated by TLS or known before.
@Suite(.enabled(if: HTTP2Server.nginx != nil && CertificateFiles.openssl != nil, "nginx or openssl is not installed"))
struct HTTP2Tests {
    @Test func negotiatesAndKeepsTheConnection() async throws {
        let server = try await HTTP2Server.started()
        defer { server.stop() }
        let answers = try await withClient { client in
            let first = try await client.perform(server.request)
            let second = try await client.perform(server.request)
            client.beginSession()
            return [first, second, try await client.perform(server.request)]
        }
        #expect(answers.map(\.httpVersion) == [.http2, .http2, .http2])
        #expect(answers.map(\.text) == ["cookie:", "cookie:id=42", "cookie:"])
        #expect(answers.map(\.sentCookie) == [false, true, false])
        #expect(answers.map(\.reusedConnection) == [false, true, true])
        #expect(answers[0].header("set-cookie") == "id=42")
    }

    @Test func speaksItWithPriorKnowledge() async throws {
        let server = try await HTTP2Server.started()
        defer { server.stop() }
        let answers = try await withClient { client in
            var request = TransferRequest(url: "http://127.0.0.1:\(server.plainPort)/")
            request.httpVersion = .http2PriorKnowledge
            return [try await client.perform(request), try await client.perform(request)]
        }
        #expect(answers.map(\.httpVersion) == [.http2, .http2])
        #expect(answers.map(\.text) == ["cookie:", "cookie:id=42"])
    }

    @Test func manyClientsAtOnce() async throws {
        let server = try await HTTP2Server.started()
        defer { server.stop() }
        let texts = try await onReactor { reactor in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<40 {
                    group.addTask(executorPreference: reactor) {
                        let client = TransferClient(reactor: reactor)
                        let first = try await client.perform(server.request).text
                        return try await first + client.perform(server.request).text
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(texts == Array(repeating: "cookie:cookie:id=42", count: 40))
    }
}

/// nginx on two free ports, answering with the cookies that came.
final class HTTP2Server: Sendable {
    static let nginx = ["/usr/sbin/nginx", "/usr/local/sbin/nginx"].first(where: FileManager.default.isExecutableFile)
    /// No connection to elsewhere is given one of these.
    private static let ports = 10_000..<32_000

    let plainPort = Int.random(in: HTTP2Server.ports)
    private let port = Int.random(in: HTTP2Server.ports)
    private let files: CertificateFiles
    private let process: Process

    /// A request over TLS that trusts the server.
    var request: TransferRequest {
        var request = TransferRequest(url: "https://localhost:\(port)/")
        request.caFile = files.certificate
        return request
    }

    /// A server that listens; another where a port was taken.
    static func started() async throws -> HTTP2Server {
        for _ in 0..<2 {
            let server = try HTTP2Server()
            if try await server.isOpen() { return server }
            server.stop()
        }
        let server = try HTTP2Server()
        try #require(try await server.isOpen(), "nginx does not listen on 127.0.0.1:\(server.port)")
        return server
    }

    private init() throws {
        files = try CertificateFiles()
        let path = files.directory.path
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(path)/\($0);" }.joined(separator: " ")
        let configuration = """
            daemon off; master_process off; pid \(path)/pid; error_log \(path)/error.log;
            events { worker_connections 128; }
            http {
                access_log off; \(temporary)
                server {
                    listen 127.0.0.1:\(port) ssl http2;
                    listen 127.0.0.1:\(plainPort) http2;
                    ssl_certificate \(files.certificate);
                    ssl_certificate_key \(files.key);
                    add_header Set-Cookie id=42;
                    location / { return 200 cookie:$http_cookie; }
                }
            }
            """
        let file = files.directory.appending(path: "nginx.conf")
        try Data(configuration.utf8).write(to: file)
        process = Process()
        process.executableURL = URL(filePath: try #require(Self.nginx))
        process.arguments = ["-p", path, "-c", file.path]
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    func stop() {
        process.end()
        files.remove()
    }

    /// Whether the server opens: knocks for at least ten seconds, or until nginx has ended.
    private func isOpen() async throws -> Bool {
        try await withClient { [request, process] client in
            var knock = request
            knock.connectsOnly = true
            for _ in 0..<1_000 where process.isRunning {
                if await failure(of: knock, by: client) == nil { return true }
                try await client.reactor.sleep(micros: 10_000)
            }
            return false
        }
    }
}
