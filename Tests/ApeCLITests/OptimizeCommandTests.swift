import ArgumentParser
import Testing

@testable import ApeCLI

@Suite struct OptimizeCommandTests {
    @Test func takesARunOrMakesOne() throws {
        #expect(try OptimizeCommand.parse(["latest", "--output", "o.json"]).stored == "latest")
        let fresh = try OptimizeCommand.parse(["--analysis-duration", "15", "--scenario", "s.yml", "--ttft", "1s"])
        #expect(fresh.stored == nil && fresh.scenario == "s.yml")
    }

    @Test(arguments: [
        (["latest", "--scenario", "s.yml"], "--scenario"), (["--analysis-duration", "soon"], "--analysis-duration"),
        (["--analysis-duration", "0"], "--analysis-duration"), (["--max-agents", "0"], "--max-agents"),
        (["--workers", "65"], "--workers"), (["--stage-duration", "never"], "--stage-duration"),
    ])
    func refuses(_ arguments: [String], naming flag: String) {
        let error = #expect(throws: (any Error).self) { try OptimizeCommand.parse(arguments) }
        #expect(error.map { OptimizeCommand.fullMessage(for: $0).contains(flag) } == true)
    }

    @Test func helpShowsHowToCallIt() {
        let help = OptimizeCommand.helpMessage()
        #expect(help.contains("ape-test optimize latest") && help.contains("Exit codes:"))
    }
}
