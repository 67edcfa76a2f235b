import ApeCore
import ApeProgram
import ApeScenario
import ApeTransfer
import ArgumentParser

/// `ape-test doctor`: whether everything that a run needs is well.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check host, target, model and coordinator, and tell how to mend what is wrong.",
        discussion: """
            Looks at this host's limits, memory, CPU, clock and disk; with --scenario also at every target (name, \
            connection, certificate, answer) and at the inference endpoint (key, model, context, and two steps of the \
            first goal, whose calls are not sent to a target) and at the servers of `scrape`; with --coordinator at the \
            way to it. One GET goes to each target and server, and usually two requests to the model.

            Examples:
              ape-test doctor
              ape-test doctor --scenario ape.yml --agents 5000
              ape-test doctor --coordinator control.example.com --tls-ca ca.pem --tls-cert load-1.pem --tls-key load-1.key
              ape-test doctor --scenario ape.yml --json | jq '.findings[] | select(.level == "fault")'

            Exit codes: 0 nothing stands in the way (there may be warnings), 1 something does, 2 a flag or the scenario
            is wrong.
            """
    )

    @Option(
        help: ArgumentHelp("What is to be tested.", valueName: "file"),
        completion: .file(extensions: ["yml", "yaml", "json"])
    )
    var scenario: String?

    @Option(
        help: ArgumentHelp(
            "Agents on this host; those of the scenario's plan, or 1000, unless given.",
            valueName: "count"
        )
    )
    var agents: Int?

    @Option(help: ArgumentHelp("Where the run's database and logs are to be kept.", valueName: "directory"))
    var results = RunOptions.defaultResults

    @Flag(help: "Print the findings as JSON.")
    var json = false

    @OptionGroup(title: "Coordinator")
    var flags: CoordinatorFlags

    init() {}

    func validate() throws {
        if let agents, !(1...Plan.maximumAgents).contains(agents) {
            throw ValidationError("--agents \(agents) is not between 1 and \(Plan.maximumAgents)")
        }
    }

    func run() async throws {
        let read = try scenario.map { path throws(ApeError) in try ScenarioFile.read(path) }
        let coordinator = try flags.probe()
        let reactor = Reactor(name: "doctor")
        defer { reactor.shutdown() }
        let agents = agents ?? read?.scenario.plan?.mostAgents ?? 1000
        let line = StatusLine()
        let doctor = Doctor(
            agents: agents,
            results: results,
            scenario: read,
            coordinator: coordinator,
            reactor: reactor,
            progress: line.show
        )
        let findings = Findings(await doctor.findings())
        line.clear()
        let document = findings.json(["agents": .integer(Int64(agents))])
        StandardOutput.print(json ? TerminalText(document.plain) : findings.text)
        if findings.exitCode != .passed { throw findings.exitCode.asError }
    }
}

/// A line on a terminal that tells what is waited for, and is gone afterwards.
struct StatusLine: Sendable {
    @Sendable func show(_ what: String) {
        if StandardError.isTerminal { StandardError.write("\r\u{1B}[2Klooking at \(what) ...") }
    }

    func clear() {
        if StandardError.isTerminal { StandardError.write("\r\u{1B}[2K") }
        StandardError.settle()
    }
}
