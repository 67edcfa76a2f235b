import ApeCore
import ApeHTTP
import ApeProgram
import ArgumentParser

/// Who may control a run over HTTP.
struct ControlOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The file with the token by which the run is controlled over HTTP; without it each run has one of its own, in "
                + "control/ of --results.",
            valueName: "file"
        )
    )
    var httpTokenFile: String?

    /// Who may: whoever has the token.
    ///
    /// - Throws: ``ApeError`` for a file that others can read, or that holds no token.
    func rights() throws(ApeError) -> ControlRights {
        guard let httpTokenFile else { return ControlRights() }
        return ControlRights(token: try TokenFile.read(httpTokenFile))
    }
}
