import ApeCore
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

/// When the agents of a worker that fell silent may go to others.
struct TakeoverTests {
    private static let second: Int64 = 1_000_000

    @Test("A worker that runs nothing past its lease loses its agents after one lease, any other after two")
    func waitsAsLongAsTheWorkerMayLoad() throws {
        #expect(try secondsUntilLost(cancelsAtLease: true) == 13)
        #expect(try secondsUntilLost(cancelsAtLease: false) == 23)
    }

    /// Lets a worker join and fall silent; whole seconds from its last word until it counts as lost.
    private func secondsUntilLost(cancelsAtLease: Bool) throws -> Int64 {
        let nonce = Nonce([UInt8](repeating: 7, count: Nonce.bytes))
        let authenticate: Authenticator = { _, _ in [UInt8](repeating: 1, count: 32) }
        var machine = CoordinatorMachine(
            CoordinatorConfiguration(
                run: "r",
                name: "c",
                clock: "c",
                plan: Plan(stages: []),
                seed: 1,
                scenario: [:],
                expectedWorkers: 2,
                token: [],
                authenticator: authenticate
            )
        )
        _ = machine.handle(.started, at: 0)
        _ = machine.handle(.connected(1, peer: "p", nonce: nonce), at: 0)
        let hello = Hello(
            version: .current,
            worker: "w",
            name: "w",
            software: "1",
            nonce: nonce,
            proof: HandshakeProof.worker(
                token: [],
                greetNonce: nonce,
                helloNonce: nonce,
                worker: "w",
                authenticator: authenticate
            ),
            capacity: Capacity(cpus: 1, memoryBytes: 1),
            cancelsAtLease: cancelsAtLease
        )
        var facts = machine.facts(after: .received(1, Message.hello(hello).line), at: 0)
        for second in 1..<60 where !facts.contains(where: \.isLoss) {
            facts = machine.facts(after: .timer, at: FleetTime(micros: Int64(second) * Self.second))
            if facts.contains(where: \.isLoss) { return Int64(second) }
        }
        return .max
    }
}

extension CoordinatorMachine {
    /// Takes an event, stores what it asks to store, and tells what that was.
    fileprivate mutating func facts(after event: Event, at now: FleetTime) -> [FleetFact] {
        var facts: [FleetFact] = []
        for case .commit(let batch) in handle(event, at: now) {
            facts += batch.facts
            _ = handle(.committed, at: now)
        }
        return facts
    }
}

extension FleetFact {
    fileprivate var isLoss: Bool {
        if case .lost = kind { true } else { false }
    }
}
