import ApeCore
import ArgumentParser
import Testing

@testable import ApeCLI

/// The flags of `ape-test capacity` are what a scenario says of a search.
@Suite struct CapacityCommandTests {
    private func parsed(_ flags: String) throws -> CapacityCommand {
        try CapacityCommand.parse(flags.split(separator: " ").map(String.init))
    }

    @Test func flagsBecomeASearch() throws {
        let json = try parsed("--from 20 --to 300 --hold 20s --precision 2.5%").search.json
        let search = try CapacitySearch(json: json)
        #expect(search.from == 20 && search.to == 300 && search.precision == 0.025)
        #expect(search.holdMicros == 20_000_000 && search.warmupMicros == 5_000_000)
    }

    @Test func whatIsNotGivenIsTheScenarios() throws {
        var own = CapacitySearch()
        (own.from, own.to) = (50, 700)
        let search = try CapacitySearch(json: try parsed("--to 900").search.json, over: own)
        #expect(search.from == 50 && search.to == 900)
        #expect(try parsed("").search.json == [:])
    }

    @Test(arguments: [
        ("--from 50 --to 20", "`to` is below `from`"), ("--hold 1500ms", "must be whole seconds"),
        ("--precision 5", "must be a percentage"), ("--from ten", "must be a number"), ("--of users", "must be one of"),
        ("--quick", "--quick is of another plan"), ("--max-agents 50", "--max-agents is of another plan"),
    ])
    func whatIsWrongIsTold(flags: String, expected: String) {
        let error = #expect(throws: (any Error).self) { try parsed(flags) }
        let message = error.map { CapacityCommand.message(for: $0) } ?? ""
        #expect(message.contains(expected), "\(message)")
    }
}
