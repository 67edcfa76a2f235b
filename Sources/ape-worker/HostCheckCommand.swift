import ApeCore
import ApeProgram
import ArgumentParser

/// `ape-worker check`: whether this host can hold its agents.
struct HostCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check whether this host can hold its agents.",
        discussion: """
            Looks at the limits of open files, local ports, the accept queue, connection tracking, memory, CPU (those of \
            a control group too) and the clock, and tells the command or the setting that mends each fault. Nothing is \
            changed and nothing is contacted.

            Examples:
              ape-worker check
              ape-worker check --agents 10000
              ape-worker check --agents 10000 --json | jq '.findings[] | select(.level == "fault") | .fix[]'

            Exit codes: 0 nothing stands in the way (there may be warnings), 1 something does, 2 a flag is wrong.
            """
    )

    @Option(help: ArgumentHelp("Agents that this host is to run.", valueName: "count"))
    var agents = 1000

    @Option(
        help: ArgumentHelp(
            "Connections of one agent: one for each target, and one for the inference endpoint.",
            valueName: "count"
        )
    )
    var connections = 2

    @Flag(help: "Print the findings as JSON.")
    var json = false

    func validate() throws {
        guard (1...Plan.maximumAgents).contains(agents) else {
            throw ValidationError("--agents \(agents) is not between 1 and \(Plan.maximumAgents)")
        }
        guard (1...65).contains(connections) else {
            throw ValidationError("--connections \(connections) is not between 1 and 65")
        }
    }

    func run() throws {
        let needs = HostNeeds(agents: agents, connectionsPerAgent: connections)
        let findings = Findings(HostCheck(HostState.current(), needs).findings)
        let document = findings.json(["agents": .integer(Int64(agents))])
        StandardOutput.print(json ? TerminalText(document.plain) : findings.text)
        if findings.exitCode != .passed { throw findings.exitCode.asError }
    }
}
