import ApeCore
import ApeStore
import Foundation
import Synchronization
import Testing

@Suite struct RunClaimTests {
    private let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
    }

    @Test func aRunHasOneCoordinator() throws {
        let results = fixture.directory
        #expect(!RunClaim.isHeld(run: "a", results: results))
        var claim: RunClaim? = try RunClaim(run: "a", results: results)
        #expect(RunClaim.isHeld(run: "a", results: results))
        #expect(!RunClaim.isHeld(run: "b", results: results))
        let refused = #expect(throws: ApeError.self) { try RunClaim(run: "a", results: results) }
        #expect(refused?.message.contains("Another process coordinates run a") == true)
        #expect(refused?.exitCode == .usage)
        let other = try RunClaim(run: "b", results: results)
        withExtendedLifetime((claim, other)) {}
        claim = nil
        #expect(!RunClaim.isHeld(run: "a", results: results))
        _ = try RunClaim(run: "a", results: results)
    }

    /// Whoever ends removes the file, maybe between another's opening and locking it.
    @Test func ownersThatComeAndGoNeverMeet() async throws {
        let results = fixture.directory
        let owners = Owners()
        let claimed = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var claimed = 0
                    for _ in 0..<2_000 {
                        guard let claim = try? RunClaim(run: "a", results: results) else { continue }
                        #expect(owners.number.add(1, ordering: .sequentiallyConsistent).newValue == 1)
                        owners.number.subtract(1, ordering: .sequentiallyConsistent)
                        claimed += 1
                        withExtendedLifetime(claim) {}
                    }
                    return claimed
                }
            }
            return await group.reduce(0, +)
        }
        #expect(claimed > 0)
    }

    @Test func whatADeadProcessLeftHoldsNothing() throws {
        try Data().write(to: URL(filePath: fixture.directory + "/run-a.lock"))
        #expect(!RunClaim.isHeld(run: "a", results: fixture.directory))
        _ = try RunClaim(run: "a", results: fixture.directory)
    }

    @Test(arguments: ["", "../a", "a/b", "a\0b", String(repeating: "a", count: 129)])
    func namesThatLeadElsewhereAreRefused(run: String) throws {
        #expect(throws: ApeError.self) { try RunClaim(run: run, results: fixture.directory) }
        #expect(!RunClaim.isHeld(run: run, results: fixture.directory))
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.directory).isEmpty)
    }

    @Test func aDirectoryThatIsNotThereIsNamed() {
        let error = #expect(throws: ApeError.self) { try RunClaim(run: "a", results: fixture.directory + "/none") }
        #expect(error?.message.contains("/none/run-a.lock") == true)
    }
}

/// How many hold one claim at a time.
private final class Owners: Sendable {
    let number = Atomic(0)
}
