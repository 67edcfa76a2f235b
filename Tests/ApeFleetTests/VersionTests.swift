import ApeCore
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

/// Sides of other versions: neighbours work together, others are refused by name.
struct VersionTests {
    private static let mine = ProtocolVersion.current

    private func refusal(_ version: ProtocolVersion, _ bench: inout FleetBench) throws -> ApeError {
        bench.connect(1)
        var hello = bench.hello(1, worker: "w-1")
        hello.version = version
        hello.name = "load-7"
        hello.software = "9.8.7"
        bench.say(1, Message.hello(hello).line)
        guard case .error(let fault) = try #require(bench.told[1]?.last) else {
            throw ApeError(.usage, "the coordinator said no error")
        }
        return fault
    }

    @Test func anotherMajorVersionIsRefusedByNameAndVersion() throws {
        var bench = FleetBench()
        let fault = try refusal(ProtocolVersion(major: 2, minor: 0), &bench)
        #expect(fault.code == .versionMismatch)
        #expect(
            fault.message == "The worker load-7 (version 9.8.7) speaks APE/2.0 and this coordinator \(Self.mine); "
                + "install the same version on both"
        )
        #expect(bench.closed == [1])
        // Who runs the fleet reads the same in the coordinator's log.
        let line = bench.logs.last { $0.message == "A connection was turned away" }
        #expect(line?.level == .warning && line?.metadata["reason"] == fault.message)
    }

    /// What an old worker cannot do it is not given, and the refusal names what to install.
    @Test func aWorkerThatDoesNotKnowWhatTheRunAsksForIsRefusedByName() throws {
        let stage = Stage(
            name: "a",
            agents: 1,
            rampMicros: 0,
            warmupMicros: 0,
            holdMicros: 1,
            arrivals: Arrivals(perSecond: 5)
        )
        var bench = FleetBench(plan: Plan(stages: [stage]))
        let fault = try refusal(ProtocolVersion(major: 1, minor: 2), &bench)
        #expect(fault.code == .versionMismatch)
        #expect(fault.message.hasPrefix("The worker load-7 (version 9.8.7) speaks APE/1.2, and sessions that arrive"))
    }

    @Test(arguments: 0...9)
    func anotherMinorVersionIsTakenAndTold(minor: Int) throws {
        let bench = try FleetBench.running(minor: minor)
        #expect(bench.closed.isEmpty && bench.assignments.count == 1)
        let joined = bench.logs.first { $0.message == "A worker has joined" }
        #expect(joined?.metadata["version"] == "1.0.0")
        let told = bench.logs.filter { $0.message == "A worker speaks another version of the protocol" }
        #expect(told.count == (minor == Self.mine.minor ? 0 : 1))
        for line in told {
            #expect(line.level == .warning)
            #expect(
                line.metadata == [
                    "worker": "w-1", "name": "w-1", "version": "1.0.0", "protocol": "APE/1.\(minor)",
                    "coordinator": "\(Self.mine)",
                ]
            )
        }
    }

    @Test func aCoordinatorOfAnotherMajorVersionIsRefusedByNameAndVersion() {
        var worker = FleetBench.worker(once: true)
        _ = worker.handle(.started, at: 0)
        let nonce = Nonce([UInt8](repeating: 7, count: Nonce.bytes))
        _ = worker.handle(.connected(1, nonce: nonce), at: 1)
        let greet = Greet(
            version: ProtocolVersion(major: 2, minor: 0),
            coordinator: "ape-coordinator 9.8.7",
            nonce: nonce
        )
        let actions = worker.handle(.received(1, Message.greet(greet).line), at: 2)
        let reason =
            "ape-coordinator 9.8.7 speaks APE/2.0 and this worker \(Self.mine); "
            + "install the same version on both"
        #expect(actions.contains(.exit(.failed(reason))))
    }
}
