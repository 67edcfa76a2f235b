import ApeAgent
import ApeChannel
import ApeCore
import ApeProgram
import ApeTransfer
import ApeWire
import Testing

@testable import ApeCLI

/// What is said of endpoints that never were.
@Suite struct DoctorTests {
    private func judgement(_ url: String = "https://shop.example.com") throws -> EndpointJudgement {
        EndpointJudgement(
            check: "target.shop",
            name: "The target shop",
            url: try BaseURL(url),
            caKey: "targets.shop.ca_file"
        )
    }

    @Test(arguments: [
        (TransferError.Kind.resolve, "getent hosts shop.example.com"), (.refused, "nc -vz shop.example.com 443"),
        (.connectTimeout, "firewall"), (.tls, "targets.shop.ca_file"), (.protocolError, "should begin with http://"),
        (.totalTimeout, "curl -v https://shop.example.com"), (.other, "curl -v"),
    ])
    func saysWhatMendsAConnection(_ kind: TransferError.Kind, _ fix: String) throws {
        let findings = try judgement().findings(.failure(TransferError(kind, "it failed")), nowSeconds: 0)
        #expect(findings.map(\.level) == [.fault])
        #expect(findings[0].message == "The target shop at https://shop.example.com cannot be reached: it failed.")
        #expect(findings[0].fix[0].contains(fix), "\(findings[0].fix)")
    }

    @Test func countsTheDaysOfACertificate() throws {
        var certificate = PeerCertificate()
        certificate.expires = "Jan 31 00:00:00 2000 GMT"
        var answer = EndpointProbe.Answer(status: 404, micros: 12_345, nameMicros: 150)
        answer.certificates = [certificate]
        let seconds: Int64 = 949_276_800
        for (days, level) in [(30, Finding.Level.ok), (14, .ok), (13, .warning), (0, .fault)]
            as [(Int64, Finding.Level)]
        {
            let findings = try judgement().findings(.success(answer), nowSeconds: seconds - days * 86_400)
            #expect(findings.map(\.check) == ["target.shop", "target.shop.certificate"])
            #expect(findings.map(\.level) == [.ok, level], "\(days) days")
            #expect(findings[0].message.hasSuffix("answers 404 in 12 ms (name 0.1 ms)."))
        }
    }

    @Test func warnsOfAServerThatFails() throws {
        let findings = try judgement().findings(.success(.init(status: 503)), nowSeconds: 0)
        #expect(findings.map(\.level) == [.warning])
    }

    @Test(
        arguments: [
            ("Jan  1 00:00:00 1970 GMT", 0), ("Feb 29 12:34:56 2024 GMT", 1_709_210_096),
            ("Dec 31 23:59:59 9999 GMT", 253_402_300_799), ("Mar  1 00:00:00 2100 GMT", 4_107_542_400),
        ] as [(String, Int64)]
    )
    func readsOpenSSLsTimes(_ text: String, _ seconds: Int64) {
        #expect(Expiry.seconds(text) == seconds)
    }

    @Test(arguments: [
        "", "2026-01-01", "Jan 1 00:00:00 2026", "Foo  1 00:00:00 2026 GMT", "Jan 32 00:00:00 2026 GMT",
        "Jan  1 24:00:00 2026 GMT", "Jan  1 00:00 2026 GMT", "Jan  1 00:00:00 99999999999999999999 GMT",
    ])
    func readsNothingElse(_ text: String) {
        #expect(Expiry.seconds(text) == nil)
        #expect(Expiry.finding("c", of: "It", text, 0).level == .note)
    }

    @Test func judgesRoomOnTheDisk() {
        func level(_ mebibytes: Int64, isWritable: Bool = true) -> Finding.Level {
            DiskSpace.finding(results: "r", place: ".", freeBytes: mebibytes << 20, isWritable: isWritable).level
        }
        #expect(level(63) == .fault)
        #expect(level(64) == .warning)
        #expect(level(960) == .ok)
        #expect(level(960, isWritable: false) == .fault)
        #expect(DiskSpace.finding(results: "no/such/directory").check == "disk")
    }

    @Test func judgesTheRoomThatRunsTake() async throws {
        func finding(_ mebibytes: Int64, of free: Int64?, runs: Int = 20) -> Finding {
            RunsOnDisk.finding(results: "r", bytes: mebibytes << 20, runs: runs, freeBytes: free.map { $0 << 20 })
        }
        #expect(finding(1_536, of: 1_536).level == .ok)
        #expect(finding(1_536, of: 1_536).message == "The database of r has 1.5 GiB in 20 runs.")
        #expect(finding(1_536, of: nil).level == .ok)
        let full = finding(1_536, of: 1_535)
        #expect(full.level == .warning)
        #expect(full.fix.first == "ape-test history --results r --prune 10")
        // Of a single run nothing can go.
        #expect(finding(1_536, of: 1, runs: 1).level == .ok)
        #expect(await RunsOnDisk.finding(results: "no/such/directory", freeBytes: nil) == nil)
    }

    @Test func readsACoordinatorsGreeting() throws {
        let address = try HostPort(coordinator: "10.0.0.5")
        func level(_ message: Message) -> Finding.Level {
            CoordinatorProbe.finding(.success(message), at: address, isEncrypted: false).level
        }
        func greet(_ major: Int) -> Message {
            let nonce = Nonce(Array(repeating: 1, count: 32))
            return .greet(Greet(version: ProtocolVersion(major: major, minor: 0), coordinator: "c", nonce: nonce))
        }
        #expect(level(greet(1)) == .ok)
        #expect(level(greet(2)) == .fault)
        #expect(level(.unknown("HTTP/1.1")) == .fault)
        let silent = CoordinatorProbe.finding(nil, at: address, isEncrypted: false)
        #expect(silent.fix[0].contains("--tls-ca"))
        let refused = ApeError(.certificate, "No TLS with the coordinator")
        #expect(CoordinatorProbe.finding(refused, at: address, isEncrypted: true).fix[0].contains("--tls-name"))
    }

    @Test func namesTheHostsThatWorkersMustBeAllowed() {
        let targets = ["http://127.0.0.1:1", "https://b.example.com", "http://[::1]", "https://a.example.com/v1"]
        var scenario = Scenario(
            name: "s",
            targets: targets.map { Scenario.Target(name: "t", baseURL: $0) },
            inference: Scenario.Inference(baseURL: "https://a.example.com", model: "m"),
            goals: []
        )
        let flags = "--allow-target a.example.com --allow-target b.example.com"
        #expect(Doctor.allowTargets(scenario).first?.message.hasSuffix(flags) == true)
        scenario.targets = [scenario.targets[0]]
        scenario.inference = nil
        #expect(Doctor.allowTargets(scenario).isEmpty)
    }
}
