import ApeCore
import ArgumentParser
import Logging

/// Where a program serves HTTP.
package struct HTTPOptions: ParsableArguments {
    /// Where a coordinator serves unless told otherwise.
    package static let coordinatorAddress = HostPort(host: "127.0.0.1", port: 9465)

    @Option(
        help: ArgumentHelp(
            "Serve health, figures and Prometheus metrics over HTTP here; port 0 lets the system choose. Unless given, a "
                + "coordinator serves on 127.0.0.1:9465, or where that is taken on another port, and a worker nowhere.",
            valueName: "host:port"
        )
    )
    package var http: String?

    @Flag(help: "Serve no HTTP.")
    var noHttp = false

    @Flag(help: "Allow an --http address that other hosts can reach: whoever reaches it can read the run's figures.")
    var httpPublic = false

    package init() {}

    package func validate() throws {
        guard let http else {
            if httpPublic { throw ValidationError("--http-public allows an address: give it with --http") }
            return
        }
        guard !noHttp else { throw ValidationError("--http and --no-http exclude each other") }
        let address: HostPort
        do throws(ApeError) { address = try HostPort(http) } catch {
            throw ValidationError("--http: \(error.message)")
        }
        guard address.isLoopback || httpPublic else {
            throw ValidationError(
                "--http \(http) can be reached from other hosts, and HTTP here is neither encrypted nor asks who reads: add "
                    + "--http-public if that is meant"
            )
        }
    }

    /// The server that the flags ask for.
    ///
    /// - Parameters:
    ///   - program: the program's name, for its readers.
    ///   - usual: where it serves when no flag says anything; nil for nowhere.
    ///   - rights: who may control the program; nil where nobody may.
    ///   - logger: for the server's own words.
    /// - Returns: nil where none is asked for.
    /// - Throws: ``ApeError`` for an address that is none.
    package func service(
        program: String,
        usual: HostPort?,
        rights: ControlRights? = nil,
        logger: Logger
    ) throws(ApeError) -> HTTPService? {
        if noHttp { return nil }
        if let http {
            let address = try HostPort(http)
            return HTTPService(program: program, address: address, isAsked: true, rights: rights, logger: logger)
        }
        return usual.map {
            HTTPService(program: program, address: $0, isAsked: false, rights: rights, logger: logger)
        }
    }

    /// The same options as arguments for another program.
    package var arguments: [String] {
        (http.map { ["--http", $0] } ?? []) + (noHttp ? ["--no-http"] : []) + (httpPublic ? ["--http-public"] : [])
    }
}
