import ApeChannel
import ApeCore
import ApeProgram
import ArgumentParser

/// What the verbs on a standing fleet take.
struct FleetOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The results directory of the fleet.", valueName: "directory"))
    var results = RunOptions.defaultResults

    var directory: FleetDirectory { FleetDirectory(results: results) }

    /// The flag that another verb needs to find the same fleet, with a space before it.
    var flag: String { results == RunOptions.defaultResults ? "" : " --results \(results)" }
}

extension FleetDirectory {
    /// Tells the coordinator something and waits until it has taken note.
    ///
    /// - Returns: what it answers.
    /// - Throws: ``ApeError`` when nobody listens, or with what the coordinator says against it.
    @discardableResult
    func tell(_ command: JSONObject) async throws(ApeError) -> JSONValue {
        let answer = try await CommandSocket.ask(commandSocket, JSONValue.object(command).text)
        let json = try? JSONValue(parsing: answer)
        if let json, json["ok"]?.bool == true { return json }
        throw ApeError(.usage, json?["error"]?.string ?? "The coordinator answered what is not understood: \(answer)")
    }
}

/// `ape-test scale`: another number of agents for a fleet that stands.
struct ScaleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale",
        abstract: "Give a standing fleet another number of agents.",
        discussion: """
            The fleet goes there in a few seconds; the report tells of every number that was held.

            Examples:
              ape-test scale --agents 200
              ape-test scale --agents 10 --results /var/lib/ape/results

            Exit codes: 0 the fleet takes it up; 2 usage; 4 no fleet stands there.
            """
    )

    @Option(help: ArgumentHelp("How many agents are to be at work.", valueName: "count"))
    var agents: Int

    @OptionGroup
    var fleet: FleetOptions

    init() {}

    func validate() throws {
        guard (1...Plan.maximumAgents).contains(agents) else {
            throw ValidationError("--agents \(agents) is not between 1 and \(Plan.maximumAgents)")
        }
    }

    func run() async throws {
        _ = try fleet.directory.standing()
        try await fleet.directory.tell(["command": "scale", "agents": .integer(Int64(agents))])
        StandardOutput.print(
            "The fleet goes to \(agents) agents; watch it with: ape-test status --watch\(fleet.flag)\n"
        )
    }
}

/// `ape-test pause`: a standing fleet stands still.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Let a standing fleet's agents finish what they are at, and stand still.",
        discussion: """
            What was held until then counts. Workers stay, and resume goes on with the same agents; after a day of pause \
            the run ends.

            Examples:
              ape-test pause
              ape-test pause --results /var/lib/ape/results

            Exit codes: 0 the fleet is paused; 2 usage, or it cannot be as it stands; 4 no fleet stands there.
            """
    )

    @OptionGroup
    var fleet: FleetOptions

    init() {}

    func run() async throws {
        _ = try fleet.directory.standing()
        try await fleet.directory.tell(["command": "pause"])
        StandardOutput.print("The fleet is paused; it goes on with: ape-test resume\(fleet.flag)\n")
    }
}

/// `ape-test resume`: a paused fleet goes on.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let a standing fleet that is paused go on.",
        discussion: """
            The agents come back with a ramp, in a stage of their own. A run that was cut off is taken up by \
            ape-coordinator run --resume instead.

            Examples:
              ape-test resume
              ape-test resume --results /var/lib/ape/results

            Exit codes: 0 the fleet goes on; 2 usage, or it is not paused; 4 no fleet stands there.
            """
    )

    @OptionGroup
    var fleet: FleetOptions

    init() {}

    func run() async throws {
        _ = try fleet.directory.standing()
        try await fleet.directory.tell(["command": "resume"])
        StandardOutput.print("The fleet goes on; watch it with: ape-test status --watch\(fleet.flag)\n")
    }
}

/// `ape-test link`: a new link by which a browser can control a standing fleet.
struct LinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link",
        abstract: "Print a link by which a browser can control a standing fleet.",
        discussion: """
            The link is good once, for ten minutes. The browser that opens it can stop and scale the fleet \
            until the run ends; whoever has no such link can only look.

            Examples:
              ape-test link
              ape-test link --results /var/lib/ape/results

            Exit codes: 0 the link was printed; 2 usage, or the coordinator serves no HTTP; 4 no fleet stands there.
            """
    )

    @OptionGroup
    var fleet: FleetOptions

    init() {}

    func run() async throws {
        _ = try fleet.directory.standing()
        let answer = try await fleet.directory.tell(["command": "link"])
        StandardOutput.print("\(answer["link"]?.string ?? "")\n")
    }
}
