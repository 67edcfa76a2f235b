import ArgumentParser

/// `ape-test validate`: a whole run on one machine, from nothing to a verdict.
struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Run a fleet on this machine and judge the eight KPIs.",
        discussion: """
            Starts a coordinator and workers as child processes, walks the plan and prints the verdicts. Without \
            --scenario it also starts a demo shop and a simulated inference endpoint, and the verdict describes those.

            Examples:
              ape-test validate --quick
              ape-test validate --quick --html report.html --junit junit.xml --markdown report.md
              ape-test validate --scenario ape.yml --baseline base.json --fail-on-regression 5%
              ape-test validate --scenario ape.yml --threshold 'p95(target) < 500ms in every 30s' --threshold 'p99(ttft) < 4s'
              ape-test validate --scenario ape.yml --max-agents 500 --test-duration 15m
              ape-test validate --max-agents 1000 --test-duration 60s --stage-duration 15s --output r.json

            Exit codes: 0 every critical target and threshold passed and every stage was held; 1 one failed; 2 usage or \
            scenario error; 3 inconclusive; 4 the fleet could not run; 130 interrupted.
            """
    )

    @OptionGroup
    var options: LocalRunOptions

    init() {}

    func run() async throws {
        try await options.runFleet()
    }
}
