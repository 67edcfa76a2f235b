import ApeCore
import ArgumentParser

/// What is shown of a run while it goes on.
package enum LiveView: Sendable {
    /// A dashboard on a terminal, elsewhere a line now and then.
    case people
    /// A JSON object a second on standard output, and nothing else there.
    case objects
    case nothing
}

/// How a run is watched, the same in `ape-coordinator run`, `ape-test validate` and `ape-test capacity`.
package struct LiveOptions: ParsableArguments {
    @Flag(help: "Show nothing while the run goes on: at its end the verdicts are printed, and nothing else.")
    var quiet = false

    @Flag(
        name: .customLong("json"),
        help: "Print a JSON object a second, and the verdict as the last one; nothing else goes to standard output."
    )
    var printsObjects = false

    package init() {}

    package func validate() throws {
        if quiet, printsObjects {
            throw ValidationError("--quiet and --json exclude each other: --json shows nothing else of itself")
        }
    }

    /// Makes sure that nothing else is to be printed where the objects go.
    package func check(besides formats: ReportFormat.Options) throws {
        guard printsObjects, let other = formats.outputs.first(where: { $0.path == "-" }) else { return }
        throw ValidationError(
            "--json and \(other.format.flag) - both want standard output: give \(other.format.flag) a file"
        )
    }

    package var view: LiveView { quiet ? .nothing : printsObjects ? .objects : .people }

    /// The same options as arguments for another program.
    package var arguments: [String] {
        (quiet ? ["--quiet"] : []) + (printsObjects ? ["--json"] : [])
    }
}
