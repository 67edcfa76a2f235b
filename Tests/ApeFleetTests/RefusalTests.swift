import ApeCore
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

/// Certificates that one side does not accept, as the machines see them.
struct RefusalTests {
    private static let reason = "The worker's certificate, subject CN=x, is refused"

    @Test func aStrangerThatBrokeIsToldOf() {
        var bench = FleetBench()
        bench.connect(1)
        bench.end(1, reason: Self.reason)
        #expect(bench.logs.contains { $0.level == .warning && $0.metadata["reason"] == Self.reason })
        let turnedAway = bench.committed.facts.filter {
            if case .turnedAway(_, "connection_broken", Self.reason) = $0.kind { true } else { false }
        }
        #expect(turnedAway.count == 1)
    }

    @Test func aStrangerThatLeftIsNot() {
        var bench = FleetBench()
        let before = bench.logs.count
        bench.connect(1)
        bench.end(1)
        #expect(bench.logs.count == before)
    }

    @Test func anEndingConnectionOfAWorkerSaysWhy() {
        var bench = FleetBench()
        bench.connect(1)
        bench.say(1, Message.hello(bench.hello(1)).line)
        bench.end(1, reason: "cut")
        #expect(bench.logs.contains { $0.metadata["reason"] == "cut" })
    }

    @Test(arguments: [true, false])
    func aRefusedWorkerEndsOnlyWhereItIsThereForOneRun(once: Bool) {
        var worker = FleetBench.worker(once: once)
        _ = worker.handle(.started, at: 0)
        let actions = worker.handle(.connectFailed(Self.reason, isRefusal: true), at: 1)
        #expect(actions.contains(.exit(.failed(Self.reason))) == once)
        guard !once else { return }
        #expect(worker.handle(.timer, at: worker.nextWake ?? 0).contains(.connect))
    }

    @Test func whatIsNoRefusalIsTriedAgain() {
        var worker = FleetBench.worker(once: true)
        _ = worker.handle(.started, at: 0)
        _ = worker.handle(.connectFailed("away"), at: 1)
        #expect(worker.handle(.timer, at: worker.nextWake ?? 0).contains(.connect))
    }

    /// A coordinator says only after the handshake that it does not accept the worker.
    @Test func aRefusalThatComesLaterIsOneToo() {
        var worker = FleetBench.worker(once: true)
        _ = worker.handle(.started, at: 0)
        _ = worker.handle(.connected(1, nonce: Self.nonce), at: 1)
        let actions = worker.handle(.disconnected(1, reason: Self.reason, isRefusal: true), at: 2)
        #expect(actions.contains(.exit(.failed(Self.reason))))
    }

    /// Certificates are being replaced under it: its windows are worth more attempts.
    @Test func aWorkerThatWasInTheFleetTriesAgain() {
        var worker = FleetBench.worker(once: true)
        _ = worker.handle(.started, at: 0)
        _ = worker.handle(.connected(1, nonce: Self.nonce), at: 1)
        let greet = Message.greet(Greet(version: .current, coordinator: "c", nonce: Self.nonce))
        _ = worker.handle(.received(1, greet.line), at: 2)
        let proof = HandshakeProof.coordinator(
            token: [],
            greetNonce: Self.nonce,
            helloNonce: Self.nonce,
            worker: "w",
            authenticator: FleetBench.authenticator
        )
        let welcome = Welcome(
            proof: proof,
            now: 3,
            heartbeat: 1_000_000,
            lease: 10_000_000,
            resume: nil
        )
        _ = worker.handle(.received(1, Message.welcome(welcome).line), at: 3)
        _ = worker.handle(.disconnected(1), at: 4)
        #expect(worker.handle(.timer, at: worker.nextWake ?? 0).contains(.connect))
        let actions = worker.handle(.connectFailed(Self.reason, isRefusal: true), at: 2_000_000)
        #expect(!actions.contains(.exit(.failed(Self.reason))))
    }

    private static let nonce = Nonce([UInt8](repeating: 7, count: Nonce.bytes))
}
