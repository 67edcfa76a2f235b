import Foundation
import Glibc

/// Hosts on one machine: network namespaces, each with an address of its own on one bridge or on a bad network.
struct NetworkNamespaces {
    /// A network that takes its time and loses packets, both of them one way.
    struct BadWire {
        var delayMilliseconds: Int
        var loss: Double
    }

    private let addresses: [String: String]
    private let prefix: String

    /// Whether this process may make namespaces. A container's root may lack the right: asking is the only way to know.
    static let isPossible: Bool = {
        guard geteuid() == 0 else { return false }
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        probe.arguments = ["unshare", "--net", "--mount", "ip", "link", "add", "probe0", "type", "bridge"]
        probe.standardError = FileHandle.nullDevice
        guard (try? probe.run()) != nil else { return false }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }()

    /// Whether the kernel has what a bad network is made of.
    static let hasTunnels = FileManager.default.fileExists(atPath: "/dev/net/tun")

    /// Runs `body` with a namespace for each host, all on one bridge that lives in a namespace too, so that this
    /// machine's own network is left as it is.
    static func with<Value>(
        _ hosts: [String],
        in scratch: Scratch,
        _ body: (NetworkNamespaces) async throws -> Value
    ) async throws -> Value {
        let made = NetworkNamespaces(hosts)
        let bridge = "\(made.prefix)-bridge"
        let all = [bridge] + hosts.map(made.namespace)
        do {
            try await made.ip(["netns", "add", bridge], in: scratch)
            try await made.ip(["-n", bridge, "link", "add", "bridge0", "type", "bridge"], in: scratch)
            try await made.ip(["-n", bridge, "link", "set", "bridge0", "up"], in: scratch)
            for (index, host) in hosts.enumerated() {
                try await made.add(host, port: "port\(index)", bridge: bridge, in: scratch)
            }
            let value = try await body(made)
            for name in all { try await made.ip(["netns", "delete", name], in: scratch) }
            return value
        } catch {
            for name in all { try? await made.ip(["netns", "delete", name], in: scratch) }
            throw error
        }
    }

    /// Runs `body` with a namespace for each host, all on a bad network.
    static func with<Value: Sendable>(
        _ hosts: [String],
        on wire: BadWire,
        in scratch: Scratch,
        _ body: (NetworkNamespaces) async throws -> Value
    ) async throws -> Value {
        let made = NetworkNamespaces(hosts)
        do {
            for host in hosts {
                try await made.ip(["netns", "add", made.namespace(host)], in: scratch)
                try await made.ip(["-n", made.namespace(host), "link", "set", "lo", "up"], in: scratch)
            }
            let ends = try hosts.map { "\(made.namespace($0))=\(try made.address($0))" }
            let carrier = Reference.python("wire.py", ["\(wire.delayMilliseconds)", "\(wire.loss)"] + ends)
            let value = try await ProcessHarness.with(carrier, in: scratch) { program in
                try await program.line(containing: "ready")
                return try await body(made)
            }
            for host in hosts { try await made.ip(["netns", "delete", made.namespace(host)], in: scratch) }
            return value
        } catch {
            for host in hosts { try? await made.ip(["netns", "delete", made.namespace(host)], in: scratch) }
            throw error
        }
    }

    private init(_ hosts: [String]) {
        prefix = "ape\(UInt32.random(in: 0...0xFFFF))"
        addresses = Dictionary(
            uniqueKeysWithValues: hosts.enumerated().map { ($1, "10.99.0.\($0 + 1)") }
        )
    }

    /// The namespace's name of a host.
    func namespace(_ host: String) -> String { "\(prefix)-\(host)" }

    func address(_ host: String) throws -> String {
        guard let address = addresses[host] else { throw HarnessError("no host \(host)") }
        return address
    }

    /// Pulls a host's cable.
    func cut(_ host: String, in scratch: Scratch) async throws {
        try await ip(["-n", namespace(host), "link", "set", "eth0", "down"], in: scratch)
    }

    func mend(_ host: String, in scratch: Scratch) async throws {
        try await ip(["-n", namespace(host), "link", "set", "eth0", "up"], in: scratch)
    }

    /// Runs `body` while every host resolves these names to the address of the host that each stands for, and others
    /// by further lines of a hosts file.
    func naming<Value>(_ names: [String: String], _ more: [String] = [], _ body: () async throws -> Value) async throws
        -> Value
    {
        let lines = try names.map { "\(try address($0.value)) \($0.key)\n" }
        let text = "127.0.0.1 localhost\n" + lines.joined() + more.map { $0 + "\n" }.joined()
        // `ip netns exec` puts what lies here in the place of /etc's.
        let directories = addresses.keys.map { "/etc/netns/\(namespace($0))" }
        defer { for directory in directories { try? FileManager.default.removeItem(atPath: directory) } }
        for directory in directories {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try text.write(toFile: directory + "/hosts", atomically: true, encoding: .utf8)
        }
        return try await body()
    }

    private func add(_ host: String, port: String, bridge: String, in scratch: Scratch) async throws {
        let name = namespace(host)
        try await ip(["netns", "add", name], in: scratch)
        try await ip(
            ["-n", name, "link", "add", "eth0", "type", "veth", "peer", "name", port, "netns", bridge],
            in: scratch
        )
        try await ip(["-n", bridge, "link", "set", port, "master", "bridge0", "up"], in: scratch)
        try await ip(["-n", name, "address", "add", "\(try address(host))/24", "dev", "eth0"], in: scratch)
        try await ip(["-n", name, "link", "set", "eth0", "up"], in: scratch)
        try await ip(["-n", name, "link", "set", "lo", "up"], in: scratch)
    }

    private func ip(_ arguments: [String], in scratch: Scratch) async throws {
        let finished = try await ProcessHarness.run(Invocation("ip", arguments), in: scratch)
        guard finished.exitCode == 0 else {
            throw HarnessError("ip \(arguments.joined(separator: " ")): \(finished.errors)")
        }
    }
}
