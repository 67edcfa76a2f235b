import ApeCore
import Foundation
import Subprocess
import Testing

extension IntegrationTests.Operated {
    /// A fleet over mutual TLS, with what the tree's own script makes.
    @Suite(.timeLimit(.minutes(3)))
    struct EncryptedFleet {
        /// Everything is replaced while the run goes on, the authority first: nobody is dropped, those with new
        /// certificates come in, those with old ones do not.
        @Test func certificatesAreReplacedInMidRun() async throws {
            try await Scratch.with { scratch in
                let certificates = Certificates(scratch)
                try await certificates.make(["--coordinator", "127.0.0.1", "--worker", "one", "--worker", "two"])
                try await Demo.with(in: scratch) { demo in
                    let control = "127.0.0.1:\(try FreePort.pick())"
                    let reportPath = scratch.file("report.json")
                    let http = "127.0.0.1:\(try FreePort.pick())"
                    let coordinator = try Invocation.ape(
                        "ape-coordinator",
                        [
                            "run", "--workers", "2", "--listen", control, "--output", reportPath,
                            "--scenario",
                            scratch.write("scenario.yml", Example.shop(demo, agents: 12, holdSeconds: 18)),
                            "--results", scratch.file("results"), "--http", http,
                        ] + certificates.flags(of: "coordinator")
                    )
                    let (_, finished) = try await ProcessHarness.supervise(coordinator, in: scratch) { coordinator in
                        let one = try worker("one", control, certificates.flags(of: "one"))
                        try await ProcessHarness.with(one, in: scratch) { one in
                            let two = try worker("two", control, certificates.flags(of: "two"))
                            try await ProcessHarness.with(two, in: scratch) { two in
                                try await coordinator.untilSessionsGetThrough(at: "http://\(http)", in: scratch)
                                try await certificates.replaceAll()
                                for program in [coordinator, one, two] {
                                    try program.send(.terminalClosed)
                                    try await program.line(containing: "The TLS files were read again")
                                }
                                try await meetOldAndNew(control, certificates, in: scratch) {
                                    try await Wait.until("the verdict", limit: .seconds(60)) { () -> Bool? in
                                        LiveProcesses.isGone(coordinator.pid) ? true : nil
                                    }
                                }
                            }
                        }
                    }
                    // A machine that is busy otherwise makes a verdict inconclusive.
                    #expect([0, 3].contains(finished.exitCode), "\(finished.errors)")
                    #expect(finished.errors.contains("certificate, subject CN=one,O=APE, is refused"))
                    let report = try Report(reportPath)
                    try await report.expectSound(in: scratch)
                    #expect(report.missing.isEmpty)
                    #expect(Set(report.workers.keys) == ["one", "two", "late"])
                }
            }
        }

        /// A worker with a certificate that is no longer accepted says so and ends; one with a new certificate joins,
        /// and is there while `body` runs.
        private func meetOldAndNew(
            _ control: String,
            _ certificates: Certificates,
            in scratch: Scratch,
            _ body: () async throws -> Void
        ) async throws {
            let outsider = try worker("outsider", control, certificates.oldFlags)
            let refused = try await ProcessHarness.run(outsider, in: scratch)
            #expect(refused.exitCode == 4)
            #expect(refused.errors.contains("error: The coordinator refused this worker's certificate"))
            let late = try worker("late", control, certificates.flags(of: "late"))
            try await ProcessHarness.with(late, in: scratch) { _ in try await body() }
        }

        private func worker(_ name: String, _ control: String, _ flags: [String]) throws -> Invocation {
            try Invocation.ape("ape-worker", ["--coordinator", control, "--once", "--name", name] + flags)
        }

        @Test func aWorkerRefusesACoordinatorByAnotherName() async throws {
            try await Scratch.with { scratch in
                let certificates = Certificates(scratch)
                try await certificates.make(["--coordinator", "control.example.net,10.0.0.5", "--worker", "one"])
                let control = "127.0.0.1:\(try FreePort.pick())"
                let scenario = try scratch.write("scenario.yml", Example.look(at: "http://127.0.0.1:9"))
                let coordinator = try Invocation.ape(
                    "ape-coordinator",
                    ["run", "--workers", "1", "--listen", control, "--scenario", scenario]
                        + ["--output", scratch.file("report.json"), "--results", scratch.file("results")]
                        + certificates.flags(of: "coordinator")
                )
                try await ProcessHarness.with(coordinator, in: scratch) { coordinator in
                    try await coordinator.line(containing: "listening for workers")
                    let one = try worker("one", control, certificates.flags(of: "one"))
                    let refused = try await ProcessHarness.run(one, in: scratch)
                    #expect(refused.exitCode == 4)
                    #expect(refused.errors.contains("it is not made for 127.0.0.1"), "\(refused.errors)")
                    try await coordinator.line(containing: "The worker refused this coordinator's certificate")
                }
            }
        }

        /// Beyond this machine there is TLS, or the operator has said that the network is trusted; never both.
        @Test func noProgramReachesBeyondItsHostInClearText() async throws {
            try await Scratch.with { scratch in
                let scenario = try scratch.write("scenario.yml", Example.look(at: "http://127.0.0.1:9"))
                let token = ["--token-file", try scratch.write("token", "a-secret-of-the-integration-tests\n")]
                let listen = ["run", "--scenario", scenario, "--listen", "0.0.0.0:0"] + token
                let connect = ["--coordinator", "192.0.2.1"] + token
                let attempts: [(program: String, flags: [String], words: [String])] = [
                    ("ape-coordinator", listen, ["--tls-cert", "--insecure"]),
                    ("ape-worker", connect, ["--tls-ca", "--insecure"]),
                    ("ape-coordinator", listen + ["--insecure", "--tls-cert", "a", "--tls-key", "b"], ["exclude"]),
                    ("ape-worker", connect + ["--insecure", "--tls-ca", "a"], ["exclude"]),
                    ("ape-worker", connect + ["--tls-ca", "/nowhere"], ["/nowhere of --tls-ca"]),
                ]
                for (program, flags, words) in attempts {
                    let finished = try await ProcessHarness.run(Invocation.ape(program, flags), in: scratch)
                    #expect(finished.exitCode == 2)
                    for word in words { #expect(finished.errors.contains(word), "\(finished.errors)") }
                }
            }
        }

        @Test func aKeyThatOthersCanReadIsRefused() async throws {
            try await Scratch.with { scratch in
                let certificates = Certificates(scratch)
                try await certificates.make(["--coordinator", "127.0.0.1", "--worker", "one"])
                let key = certificates.file("one.key")
                try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: key)
                let one = try worker("one", "127.0.0.1:9", certificates.flags(of: "one"))
                let refused = try await ProcessHarness.run(one, in: scratch)
                #expect(refused.exitCode == 2)
                #expect(refused.errors.contains("The private key \(key) can be read by others: run chmod 600"))
            }
        }
    }
}

/// What `deploy/tls/make-certs.sh` makes.
struct Certificates {
    private let scratch: Scratch
    private let directory: String

    init(_ scratch: Scratch) {
        self.scratch = scratch
        directory = scratch.file("tls")
    }

    func file(_ name: String) -> String { "\(directory)/\(name)" }

    func make(_ flags: [String]) async throws {
        let script = Invocation("\(Invocation.tree)/deploy/tls/make-certs.sh", ["--directory", directory] + flags)
        let finished = try await ProcessHarness.run(script, in: scratch)
        guard finished.exitCode == 0 else { throw HarnessError("make-certs.sh: \(finished.errors)") }
    }

    /// A new authority and new certificates by it, for a further worker too; worker one's old ones are kept aside.
    func replaceAll() async throws {
        for name in ["one.pem", "one.key"] {
            try FileManager.default.copyItem(atPath: file(name), toPath: file("old-\(name)"))
        }
        for name in ["ca.pem", "ca.key"] { try FileManager.default.removeItem(atPath: file(name)) }
        try await make(["--coordinator", "127.0.0.1", "--worker", "one", "--worker", "two", "--worker", "late"])
    }

    func flags(of name: String) -> [String] {
        ["--tls-cert", file("\(name).pem"), "--tls-key", file("\(name).key")]
            + [name == "coordinator" ? "--tls-client-ca" : "--tls-ca", file("ca.pem")]
    }

    /// Worker one's of before ``replaceAll()``, with the new authority.
    var oldFlags: [String] {
        ["--tls-cert", file("old-one.pem"), "--tls-key", file("old-one.key"), "--tls-ca", file("ca.pem")]
    }
}
