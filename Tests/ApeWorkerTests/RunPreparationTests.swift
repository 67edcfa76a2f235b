import ApeCore
import ApeTransfer
import ApeWire
import Glibc
import Testing

@testable import ApeWorker

/// What a worker refuses before a run, against real sockets on loopback.
struct RunPreparationTests {
    private func prepare(_ document: JSONValue, allow: [String] = []) async throws -> Scenario {
        let reactor = Reactor(name: "preparation")
        defer { reactor.shutdown() }
        let preparation = RunPreparation(allowList: try AllowList(parsing: allow), keyList: .none, reactor: reactor)
        return try await preparation.prepare(Prepare(run: "r", seed: 1, scenario: document)).scenario
    }

    private func document(_ url: String) -> JSONValue {
        [
            "name": "one", "targets": ["shop": ["url": .string(url), "endpoints": ["GET /"]]],
            "goals": ["look": ["script": ["GET /"], "success": [["answer": "GET /", "status": 200]]]],
        ]
    }

    /// A socket that listens and never answers; its port.
    private func listener() throws -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port =
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    bind(descriptor, generic, length) == 0 && listen(descriptor, 8) == 0
                        && getsockname(descriptor, generic, &length) == 0
                }
            } ? Int(UInt16(bigEndian: address.sin_port)) : 0
        try #require(port > 0)
        return (descriptor, port)
    }

    @Test func acceptsATargetThatCanBeReachedAndSendsItNothing() async throws {
        let (descriptor, port) = try listener()
        defer { close(descriptor) }
        let scenario = try await prepare(document("http://127.0.0.1:\(port)"))
        #expect(scenario.targets.count == 1)
        let connection = accept(descriptor, nil, nil)
        defer { close(connection) }
        var byte: UInt8 = 0
        #expect(recv(connection, &byte, 1, Int32(MSG_DONTWAIT)) <= 0)
    }

    @Test func refusesATargetThatNobodyServes() async throws {
        let (descriptor, port) = try listener()
        close(descriptor)
        let refusal = await #expect(throws: ApeError.self) {
            try await prepare(document("http://127.0.0.1:\(port)"))
        }
        #expect(refusal?.code.rawValue == "unreachable")
        #expect(refusal?.message.contains("target shop") == true)
    }

    @Test func refusesATargetThatTheOperatorDoesNotAllow() async throws {
        let (descriptor, port) = try listener()
        defer { close(descriptor) }
        let refusal = await #expect(throws: ApeError.self) {
            try await prepare(document("http://127.0.0.1:\(port)"), allow: ["10.0.0.0/8"])
        }
        #expect(refusal?.code.rawValue == "not_allowed")
        #expect(refusal?.message.contains("--allow-target") == true)
    }

    @Test func refusesAScenarioThatItCannotRead() async {
        let refusal = await #expect(throws: ApeError.self) { try await prepare(["name": 1]) }
        #expect(refusal?.code.rawValue == "scenario")
    }
}
