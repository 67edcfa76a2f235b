import ApeCore
import ApeProgram
import ApeScenario
import ArgumentParser

/// `ape-test check`: reads a scenario and tells what is wrong with it, without running anything.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a scenario file.",
        discussion: """
            Every problem is told as file:line:column, with the key and the way out. Nothing is contacted. \
            Exit codes: 0 the scenario can be run, 2 it cannot.
            """
    )

    @Argument(help: "The scenario, a YAML or JSON file.", completion: .file(extensions: ["yml", "yaml", "json"]))
    var file: String

    @Flag(help: "Print the whole scenario as canonical JSON, every default written out.")
    var json = false

    init() {}

    func run() throws {
        let read: ReadScenario
        do {
            read = try ScenarioFile.read(file)
            _ = try read.scenario.wireDocument()
        } catch {
            // One problem a line, so that editors can jump to each.
            StandardError.write("\(error)\n")
            throw error.exitCode.asError
        }
        for warning in read.warnings { StandardError.write("warning: \(warning)\n") }
        StandardError.settle()
        StandardOutput.print(json ? TerminalText(read.document) : Self.summary(of: read, file: file))
    }
}

extension CheckCommand {
    /// What the file holds, a line for each part.
    static func summary(of read: ReadScenario, file: String) -> TerminalText {
        let scenario = read.scenario
        var lines = ["\(file): valid: " + counts(scenario).joined(separator: ", ")]
        for target in scenario.targets {
            let endpoints = target.endpoints.count.counting("endpoint")
            let leftOut = read.leftOut[target.name]?.count ?? 0
            let rest = leftOut > 0 ? ", \(leftOut.counting("operation")) left out" : ""
            lines.append("  target \(target.name): \(target.baseURL), \(endpoints)\(rest)")
        }
        if let inference = scenario.inference {
            let api = inference.api == .chat ? "" : ", api \(inference.api.rawValue)"
            lines.append("  inference: \(inference.model) at \(inference.url)\(api)")
        }
        let weights = scenario.goals.reduce(0) { $0 + $1.weight }
        for goal in scenario.goals {
            let share = Int((goal.weight / weights * 100).rounded())
            let checks = goal.success.count.counting("check")
            lines.append("  goal \(goal.name): \(kind(of: goal)), \(share) % of sessions, \(checks)")
            if let file = goal.dataFile { lines.append("    " + Self.rows(file, goal.pick)) }
        }
        for threshold in scenario.thresholds {
            lines.append("  threshold \(threshold.text)" + (threshold.aborts ? ", ends the run" : ""))
        }
        for server in scenario.scrape {
            let series = server.series.isEmpty ? "what is known of its kind" : "\(server.series.count) series"
            let every = DurationText.text(micros: server.everyMicros)
            lines.append("  server \(server.name): \(server.url) every \(every), \(series)")
        }
        for stage in scenario.plan?.search == nil ? scenario.plan?.stages ?? [] : [] {
            let times = [stage.rampMicros, stage.warmupMicros, stage.holdMicros].map(DurationText.text(micros:))
            let agents = stage.agents.counting("agent")
            let load = stage.arrivals.map { "sessions at \($0.text), at most \(agents)" } ?? agents
            lines.append("  stage \(stage.name): \(load), ramp \(times[0]), warm-up \(times[1]), hold \(times[2])")
        }
        return TerminalText(lines: lines)
    }

    private static func rows(_ file: DataFile, _ pick: DataPick) -> String {
        let way =
            switch pick {
            case .agent: "one for each agent"
            case .once: "each taken once"
            }
        let names = file.columns.joined(separator: ", ")
        let (rows, columns) = (file.count.counting("row"), file.columns.count.counting("column"))
        return "data \(file.name): \(rows), \(columns) (\(names)), \(way)"
    }

    private static func counts(_ scenario: Scenario) -> [String] {
        var counts = [scenario.targets.count.counting("target"), scenario.goals.count.counting("goal")]
        if let search = scenario.plan?.search {
            counts.append("a search from \(search.digits(search.from)) to \(search.words(search.to))")
        } else if let plan = scenario.plan {
            let duration = DurationText.text(micros: plan.durationMicros)
            let stages = plan.stages.count.counting("stage")
            counts.append("plan of \(stages), up to \(plan.peakAgents) agents, \(duration)")
        } else {
            counts.append("the validation plan")
        }
        if !scenario.kpiTargets.isEmpty {
            counts.append(scenario.kpiTargets.count.counting("KPI target") + " of its own")
        }
        return counts
    }

    private static func kind(of goal: Goal) -> String {
        switch goal.mode {
        case .prompt: "decided by the model in up to \(goal.maxSteps.counting("step"))"
        case .script(let steps): "a script of \(steps.count.counting("step"))"
        }
    }
}
