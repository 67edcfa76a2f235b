import ApeAgent
import ApeCore
import ApeInference
import ApeProgram
import ApeScenario
import ApeTransfer
import ArgumentParser

/// `ape-test try`: one session of each goal, with every request and answer shown.
struct TryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "try",
        abstract: "Run one session of each goal and show every request and answer.",
        discussion: """
            For whoever writes a scenario: a page that says "wrong password" with status 200, a check that asks for too \
            much, a value that was not captured. Nothing is measured and nothing is kept; request headers are not shown.

            Examples:
              ape-test try ape.yml
              ape-test try ape.yml --goal checkout --agent 7 --bytes 4000

            Exit codes: 0 every goal was proven, 1 one was not, 2 a flag or the scenario is wrong.
            """
    )

    @Argument(help: "The scenario, a YAML or JSON file.", completion: .file(extensions: ["yml", "yaml", "json"]))
    var file: String

    @Option(help: ArgumentHelp("The goal to try; every goal in turn unless given.", valueName: "name"))
    var goal: String?

    @Option(help: ArgumentHelp("The number of the agent, which picks its row of data.", valueName: "number"))
    var agent = 0

    @Option(help: ArgumentHelp("Bytes of each body to show.", valueName: "count"))
    var bytes = 400

    init() {}

    func validate() throws {
        guard (0..<Plan.maximumAgents).contains(agent) else {
            throw ValidationError("--agent \(agent) is not between 0 and \(Plan.maximumAgents - 1)")
        }
        guard (0...10_000_000).contains(bytes) else {
            throw ValidationError("--bytes \(bytes) is not between 0 and 10000000")
        }
    }

    func run() async throws {
        let (read, files) = try ScenarioFile.open(file)
        for warning in read.warnings { StandardError.write("warning: \(warning)\n") }
        StandardError.settle()
        let goals = read.scenario.goals.filter { goal == nil || $0.name == goal }
        guard !goals.isEmpty else {
            let names = read.scenario.goals.map(\.name).joined(separator: ", ")
            throw ApeError(.usage, "\(file) has no goal \(goal ?? ""); it has \(names)")
        }
        let key = try read.scenario.inference?.apiKey.map { source throws(ApeError) in Secret(try source.read()) }
        let reactor = Reactor(name: "try")
        defer { reactor.shutdown() }
        var isProven = true
        for goal in goals {
            var scenario = read.scenario
            scenario.goals = [goal]
            StandardOutput.print("goal \(goal.name), agent \(agent)\n")
            let outcome = try await TrialRun.run(
                scenario,
                agent: agent,
                rows: try row(of: goal, files).map { [goal.name: $0] } ?? [:],
                apiKey: key,
                reactor: reactor,
                bodyBytes: bytes,
                log: { StandardOutput.print("  \($0)\n") }
            )
            StandardOutput.print("  \(Self.sentence(outcome))\n")
            isProven = isProven && outcome == .proven
        }
        if !isProven { throw ApeCore.ExitCode.failed.asError }
    }

    /// The agent's row where a run would hand one out: the first, unless `--agent` says otherwise.
    private func row(of goal: Goal, _ files: [String: DataRowsFile]) throws(ApeError) -> DataRow? {
        guard let file = goal.dataFile else {
            let rows = goal.inlineRows
            return rows.isEmpty ? nil : rows[agent % rows.count]
        }
        let number = agent % file.count
        return try files[file.name]?.rows(number..<(number + 1)).first
    }

    private static func sentence(_ outcome: TrialRun.Outcome) -> String {
        switch outcome {
        case .proven: "proven: the answers show the goal reached"
        case .failed(let reason, let message): "failed (\(reason)): \(message)"
        case .cut: "cut"
        }
    }
}
