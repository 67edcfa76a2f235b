import ApeCore
import ApeProgram
import ArgumentParser

/// `ape-test capacity`: a fleet on this machine that finds out how many users pass.
struct CapacityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capacity",
        abstract: "Find the most agents, or sessions a second, that pass.",
        discussion: """
            Starts a coordinator and workers as child processes and tries more and more users until a critical target or \
            a threshold fails, then closes in on the most that pass, and holds them once more. Without --scenario it also \
            starts a demo shop and a simulated inference endpoint, and the answer describes those. Flags override what \
            the scenario's plan says of its search; any other plan is left aside.

            Examples:
              ape-test capacity --to 200 --hold 10s
              ape-test capacity --scenario ape.yml --from 50 --to 5000 --html report.html
              ape-test capacity --scenario ape.yml --of sessions --from 5 --to 500 --agents 2000
              ape-test capacity --scenario ape.yml --precision 2% --output capacity.json

            Exit codes: 0 the search has an answer, or nothing failed up to --to; 1 not even --from passes; 2 usage or
            scenario error; 3 no answer; 4 the fleet could not run; 130 interrupted.
            """
    )

    @OptionGroup(title: "Search")
    var search: SearchOptions

    @OptionGroup
    var options: LocalRunOptions

    init() {}

    func validate() throws {
        if let flag = options.run.planFlag {
            throw ValidationError("\(flag) is of another plan: a search has --to and --hold")
        }
    }

    func run() async throws {
        try await options.runFleet(["--search", search.json.text])
    }
}

/// What is searched for, and how closely.
struct SearchOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("What there is more of with each try: agents or sessions (a second).", valueName: "what")
    )
    var of: String?

    @Option(help: ArgumentHelp("The first try: 10 unless given.", valueName: "number"))
    var from: String?

    @Option(help: ArgumentHelp("No try has more: 2000 unless given.", valueName: "number"))
    var to: String?

    @Option(help: ArgumentHelp("The most agents at once, with --of sessions: 1000 unless given.", valueName: "count"))
    var agents: Int?

    @Option(help: ArgumentHelp("How long each try is held: 30s unless given.", valueName: "duration"))
    var hold: String?

    @Option(
        help: ArgumentHelp(
            "Until all agents of a try have started; by their number unless given.",
            valueName: "duration"
        )
    )
    var ramp: String?

    @Option(help: ArgumentHelp("From then until the hold: 5s unless given.", valueName: "duration"))
    var warmup: String?

    @Option(
        help: ArgumentHelp(
            "How far the least that fails may be above the most that passes: 5% unless given.",
            valueName: "percentage"
        )
    )
    var precision: String?

    /// What is given, as a scenario's search has it.
    var json: JSONValue {
        var json = JSONObject()
        for (key, text) in [("of", of), ("hold", hold), ("ramp", ramp), ("warmup", warmup), ("precision", precision)] {
            if let text { json[key] = .string(text) }
        }
        for (key, text) in [("from", from), ("to", to)] {
            if let text { json[key] = Double(text).map { .number($0) } ?? .string(text) }
        }
        if let agents { json["agents"] = .integer(Int64(agents)) }
        return .object(json)
    }

    func validate() throws {
        do throws(ApeError) {
            // What is left out may be in the scenario: only what is given can be checked here.
            var base = CapacitySearch()
            if from != nil, to == nil { base.to = Double(Plan.maximumAgents) }
            if to != nil, from == nil { base.from = 0.01 }
            var given = json
            if case .object(var object) = given, from == nil || to == nil {
                object["of"] = object["of"] ?? "sessions"
                given = .object(object)
            }
            _ = try CapacitySearch(json: given, over: base)
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
