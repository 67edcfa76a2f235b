import ApeCore
import Foundation
import Testing

@testable import ApeStore

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

    /// Whoever ends removes the file, maybe between another's opening and locking it: nobody would find that lock.
    @Test func aLockOnAFileThatIsGoneCountsForNothing() throws {
        let results = fixture.directory
        var owner: RunClaim? = try RunClaim(run: "a", results: results)
        let next = try RunClaim(run: "a", results: results) { owner = nil }
        #expect(RunClaim.isHeld(run: "a", results: results))
        #expect(throws: ApeError.self) { try RunClaim(run: "a", results: results) }
        withExtendedLifetime((owner, next)) {}
    }

    @Test func whoLocksAFileThatIsGoneGivesWayToTheNextOwner() throws {
        let results = fixture.directory
        var owner: RunClaim? = try RunClaim(run: "a", results: results)
        let refused = #expect(throws: ApeError.self) {
            try RunClaim(run: "a", results: results) {
                guard owner != nil else { return }
                owner = nil
                owner = try? RunClaim(run: "a", results: results)
            }
        }
        #expect(refused?.exitCode == .usage && owner != nil)
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
