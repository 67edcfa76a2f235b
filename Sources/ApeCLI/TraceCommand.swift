import ApeCore
import ApeProgram
import ApeReport
import ApeRun
import ApeStore
import ArgumentParser

/// `ape-test trace`: one kept session of a run as a waterfall.
struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Show what one session of a run did, step by step, on a time axis.",
        discussion: """
            A run keeps some of its sessions step by step: of each way to fail the first ones, and of each stage and \
            goal the first that succeeded and those that were much slower. Without a choice the first that failed is \
            shown, or else the slowest. A decision's bar is light until its first token.

            Examples:
              ape-test trace
              ape-test trace latest --list
              ape-test trace latest --slowest --goal buy
              ape-test trace 3f2a --trace 0af76519
              ape-test trace latest --failed --json | curl -H 'Content-Type: application/json' \
            --data-binary @- http://127.0.0.1:4318/v1/traces

            Exit codes: 0 it was shown; 2 there is no such run or session.
            """
    )

    @Argument(help: "The run's identifier, the beginning of it, or \"latest\".")
    var runID = RunStore.latest

    @Option(help: ArgumentHelp("The session whose trace identifier begins so.", valueName: "id"))
    var trace: String?

    @Flag(help: "The first session that failed.")
    var failed = false

    @Flag(help: "The session that took longest.")
    var slowest = false

    @Option(help: ArgumentHelp("Only sessions of this goal.", valueName: "name"))
    var goal: String?

    @Flag(help: "List the sessions that are kept.")
    var list = false

    @Flag(help: "Print OTLP's JSON, as collectors take it.")
    var json = false

    @Option(help: ArgumentHelp("The directory where runs are kept.", valueName: "directory"))
    var results = RunOptions.defaultResults

    init() {}

    func validate() throws {
        guard [trace != nil, failed, slowest].count(where: { $0 }) <= 1 else {
            throw ValidationError("--trace, --failed and --slowest exclude each other")
        }
    }

    func run() async throws {
        let store = try RunStore.existing(in: results)
        let id = try await store.runID(meantBy: runID)
        guard let run = try await store.run(id) else { throw ApeError(.usage, "There is no run \(id)") }
        var ledger = RunLedger(plan: run.plan, thresholds: [])
        for fact in try await store.facts(ofRun: id) { ledger.add(fact) }
        try store.close()
        let kept = KeptSessions(ledger.exemplars.all)
        let nameOf: @Sendable (String) -> String = { [ledger] in ledger.workers[$0]?.facts.name ?? $0 }
        if list {
            let chosen = try kept.matching(goal: goal, failed: failed)
            return StandardOutput.print(TerminalText(document: KeptSessions(chosen).table(nameOf, width: width)))
        }
        let session = try kept.choose(trace: trace, failed: failed, slowest: slowest, goal: goal, run: id)
        if json {
            let traces = OTLPTraces(
                origin: OTLPOrigin(run: id, scenario: run.scenarioName),
                inference: (try? Scenario(document: run.scenario))?.inference,
                nameOf: nameOf
            )
            return StandardOutput.print(TerminalText(traces.request([session]).json.plain))
        }
        let text = TraceText(
            TraceWaterfall(session, worker: nameOf(session.worker)),
            width: width,
            isColoured: Terminal.wantsColour
        ).text
        StandardOutput.print(TerminalText(document: text))
    }

    private var width: Int { Terminal.width(atMost: TraceText.greatestWidth) }
}
