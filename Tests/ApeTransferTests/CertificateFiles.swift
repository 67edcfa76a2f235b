import Foundation
import Testing

/// A directory with a new key and a certificate of its own for `localhost`.
struct CertificateFiles: Sendable {
    static let openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first(
        where: FileManager.default.isExecutableFile
    )

    let directory: URL
    let certificate: String
    let key: String

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "ape-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        certificate = directory.appending(path: "cert.pem").path
        key = directory.appending(path: "key.pem").path
        let request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
        let names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]
        let process = try Self.runOpenSSL(request.split(separator: " ").map(String.init) + names).process
        process.waitUntilExit()
    }

    func remove() {
        try? FileManager.default.removeItem(at: directory)
    }

    static func runOpenSSL(_ arguments: [String]) throws -> (process: Process, output: FileHandle) {
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

extension Process {
    /// Ends the process and waits for it. Threads of the concurrency runtime block the gentler signals, and what they
    /// start inherits that.
    func end() {
        kill(processIdentifier, SIGKILL)
        waitUntilExit()
    }
}
