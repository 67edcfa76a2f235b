@testable import ApeChannel
import ApeCore
import Foundation
import Testing

/// An authority made by the `openssl` command, and what it issues, in a directory of its own.
final class TestAuthority: Sendable {
    static let openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first(
        where: FileManager.default.isExecutableFile
    )

    let directory: String
    /// The authority's own certificate.
    let certificate: String
    private let name: String

    init(_ name: String = "Test authority") throws {
        self.name = name
        directory = FileManager.default.temporaryDirectory.appending(path: "ape-tls-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        certificate = directory + "/ca.pem"
        try Data(Self.configuration.utf8).write(to: URL(filePath: directory + "/openssl.cnf"))
        try makeKey("ca")
        try run(
            "req -x509 -new -config \(directory)/openssl.cnf -extensions authority -key \(directory)/ca.key -days 2 "
                + "-out \(certificate) -subj",
            "/CN=\(name)"
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// A key and a certificate by this authority: `names` is the subjectAltName, none where it is empty; `days` of -1
    /// make one that expired yesterday; `purpose` is the extendedKeyUsage.
    func issue(
        _ file: String,
        names: String = "DNS:localhost,IP:127.0.0.1",
        days: Int = 2,
        purpose: String = "serverAuth,clientAuth"
    ) throws -> TLSFiles.Identity {
        try makeKey(file)
        let stem = "\(directory)/\(file)"
        var extensions = "basicConstraints=critical,CA:FALSE\nextendedKeyUsage=\(purpose)\n"
        if !names.isEmpty { extensions += "subjectAltName=\(names)\n" }
        try Data(extensions.utf8).write(to: URL(filePath: stem + ".ext"))
        try run("req -new -config \(directory)/openssl.cnf -key \(stem).key -out \(stem).csr -subj", "/CN=\(file)")
        try run(
            "x509 -req -in \(stem).csr -CA \(certificate) -CAkey \(directory)/ca.key -set_serial "
                + "\(UInt32.random(in: 1...UInt32.max)) -days \(days) -extfile \(stem).ext -out \(stem).pem"
        )
        return TLSFiles.Identity(certificate: stem + ".pem", key: stem + ".key")
    }

    /// A certificate that vouches for itself.
    func selfSigned(_ file: String, names: String = "DNS:localhost,IP:127.0.0.1") throws -> TLSFiles.Identity {
        try makeKey(file)
        let stem = "\(directory)/\(file)"
        try run(
            "req -x509 -new -config \(directory)/openssl.cnf -key \(stem).key -days 2 -out \(stem).pem "
                + "-addext subjectAltName=\(names) -subj",
            "/CN=\(file)"
        )
        return TLSFiles.Identity(certificate: stem + ".pem", key: stem + ".key")
    }

    private func makeKey(_ file: String) throws {
        try run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out \(directory)/\(file).key")
    }

    /// Runs `openssl` with the words of `command` and one more argument, which may hold spaces.
    func run(_ command: String, _ last: String? = nil) throws {
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.openssl))
        process.arguments = command.split(separator: " ").map(String.init) + (last.map { [$0] } ?? [])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(command)")
    }

    private static let configuration = """
        [req]
        distinguished_name = name
        [name]
        [authority]
        basicConstraints = critical, CA:TRUE
        subjectKeyIdentifier = hash
        """
}

extension TLSFiles {
    /// Files whose keys are read as they are.
    init(_ identity: Identity?, trusting authorities: String?, name: String? = nil) {
        self.init(identity: identity, authorities: authorities, name: name) { path throws(ApeError) in
            guard let data = FileManager.default.contents(atPath: path) else { throw ApeError(.file, "no \(path)") }
            return Array(data)
        }
    }
}
