import ApeCore
import Foundation
import Glibc
import Testing

@testable import ApeCLI

/// What is kept of a fleet that stands, and what of it can be believed later.
struct FleetStateTests {
    @Test func aProcessIsMeantByItsNumberAndItsStart() throws {
        let own = try #require(ProcessIdentity(name: "own", pid: getpid()))
        #expect(own.isAlive)
        #expect(ProcessIdentity(json: own.json) == own)
        // The same number, given to another process later.
        #expect(!ProcessIdentity(name: "own", pid: getpid(), startTicks: own.startTicks - 1).isAlive)
        #expect(ProcessIdentity(name: "none", pid: 1 << 22 + 1) == nil)
    }

    @Test(arguments: [
        "", "{", "{}", "[]", "{\"run\":\"r\",\"report\":\"p\",\"processes\":[]}",
        "{\"run\":\"r\",\"report\":\"p\",\"processes\":[{\"name\":\"a\",\"pid\":-1,\"start_ticks\":1}]}",
    ])
    func aFileThatCannotBeReadIsNoFleet(text: String) throws {
        let results = NSTemporaryDirectory() + "ape-fleet-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: results) }
        let directory = FleetDirectory(results: results)
        try directory.make()
        try Data(text.utf8).write(to: URL(filePath: results + "/fleet/state.json"))
        #expect(directory.recorded() == nil)
        #expect(throws: ApeError.self) { try directory.standing() }
    }

    @Test func aFleetWhoseProcessesAreGoneDoesNotStand() throws {
        let results = NSTemporaryDirectory() + "ape-fleet-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: results) }
        let directory = FleetDirectory(results: results)
        try directory.make()
        let own = try #require(ProcessIdentity(name: "own", pid: getpid()))
        let other = ProcessIdentity(name: "other", pid: getpid(), startTicks: own.startTicks - 1)
        var state = FleetState(run: "r", http: nil, report: "report.json", processes: [own, other])
        try directory.record(state)
        #expect(try directory.standing() == state)
        #expect(state.living == [own])
        state.processes = [other]
        try directory.record(state)
        #expect(throws: ApeError.self) { try directory.standing() }
        #expect(directory.recorded() == state)
        directory.forget()
        #expect(directory.recorded() == nil)
        let mode = try FileManager.default.attributesOfItem(atPath: results + "/fleet")[.posixPermissions] as? Int
        #expect(mode == 0o700)
    }
}
