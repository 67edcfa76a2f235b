import ApeCore
import ApeHTTP
import ApeProgram
import Glibc

/// How whoever started a run comes to control it over HTTP: by a link for a browser, or by its token in a file that only
/// its owner can read.
struct ControlAccess: Sendable {
    private let rights: ControlRights
    private let address: HostPort
    /// Where the token is.
    let tokenFile: String
    /// Whether that file is the run's own, and goes with it.
    private let isOwn: Bool

    /// Writes a token that was made for this run.
    ///
    /// - Parameters:
    ///   - rights: what the token is of.
    ///   - address: where the run is served.
    ///   - configuration: the run.
    /// - Throws: ``ApeError`` of code `file` that names the path.
    init(_ rights: ControlRights, at address: HostPort, _ configuration: CoordinatorConfiguration) throws(ApeError) {
        self.rights = rights
        self.address = address
        if let given = configuration.httpTokenFile {
            (tokenFile, isOwn) = (given, false)
            return
        }
        let directory = configuration.results + "/control"
        try Files.makeDirectory(directory, mode: 0o700) { cause in
            ApeError(.file, "Cannot make \(directory): choose another directory with --results", cause: cause)
        }
        (tokenFile, isOwn) = ("\(directory)/\(configuration.runID).token", true)
        try PrivateFile.write(rights.tokenText + "\n", to: tokenFile)
    }

    /// A new link, which the first browser that opens it uses up.
    var link: String { rights.link(at: address) }

    /// The words for whoever watches the start: a link where that is a person's terminal. Logs are read by others, so
    /// they tell where the token is.
    func words(forPerson isPerson: Bool) -> TerminalText {
        isPerson
            ? "control it in a browser, by a link that is good once, for ten minutes: \(link)\n"
            : "control it with the token in \(tokenFile)\n"
    }

    /// The run is over.
    func withdraw() {
        // A file that cannot be removed holds a token that is good for nothing.
        if isOwn { unlink(tokenFile) }
    }
}
