import ApeCore
import ApeProgram
import ArgumentParser

/// `ape-test check`: reads a scenario and tells what is wrong with it, without running anything.
package struct CheckCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
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

    package init() {}

    package func run() throws {
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
        print(json ? read.scenario.document.prettyText : Self.summary(of: read.scenario, file: file), terminator: "")
    }
}

extension CheckCommand {
    /// What the file holds, a line for each part.
    static func summary(of scenario: Scenario, file: String) -> String {
        var lines = ["\(file): valid: " + counts(scenario).joined(separator: ", ")]
        for target in scenario.targets {
            let endpoints = count(target.endpoints.count, "endpoint")
            lines.append("  target \(target.name): \(target.baseURL), \(endpoints)")
        }
        if let inference = scenario.inference {
            lines.append("  inference: \(inference.model) at \(inference.baseURL)")
        }
        let weights = scenario.goals.reduce(0) { $0 + $1.weight }
        for goal in scenario.goals {
            let share = Int((goal.weight / weights * 100).rounded())
            let checks = count(goal.success.count, "check")
            lines.append("  goal \(goal.name): \(kind(of: goal)), \(share) % of sessions, \(checks)")
        }
        for stage in scenario.plan?.stages ?? [] {
            let times = [stage.rampMicros, stage.warmupMicros, stage.holdMicros].map(DurationText.text(micros:))
            let agents = count(stage.agents, "agent")
            lines.append("  stage \(stage.name): \(agents), ramp \(times[0]), warm-up \(times[1]), hold \(times[2])")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func counts(_ scenario: Scenario) -> [String] {
        var counts = [count(scenario.targets.count, "target"), count(scenario.goals.count, "goal")]
        if let plan = scenario.plan {
            let duration = DurationText.text(micros: plan.durationMicros)
            counts.append("plan of \(count(plan.stages.count, "stage")), up to \(plan.peakAgents) agents, \(duration)")
        } else {
            counts.append("the validation plan")
        }
        if !scenario.kpiTargets.isEmpty {
            counts.append(count(scenario.kpiTargets.count, "KPI target") + " of its own")
        }
        return counts
    }

    private static func kind(of goal: Goal) -> String {
        switch goal.mode {
        case .prompt: "decided by the model in up to \(count(goal.maxSteps, "step"))"
        case .script(let steps): "a script of \(count(steps.count, "step"))"
        }
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
