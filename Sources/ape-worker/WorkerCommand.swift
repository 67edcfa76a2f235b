import ApeChannel
import ApeCore
import ApeHTTP
import ApeProgram
import ApeWorker
import ArgumentParser
import Logging

/// `ape-worker`: runs a coordinator's agents on this host.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ape-worker",
        abstract: "Run agents on this host for a coordinator.",
        usage: """
            ape-worker --coordinator <host:port> [<options>]
            ape-worker check [--agents <count>] [--json]
            """,
        discussion: """
            Connects out to the coordinator and takes agents from it until it is stopped. It loads only the hosts on \
            its own --allow-target list; without one, only this machine. It lends a scenario only the keys on its \
            --allow-key-env and --allow-key-file lists; without them, none.

            Examples:
              ape-worker --coordinator control.example.com --token-file token --tls-ca ca.pem --tls-cert worker.pem \\
                --tls-key worker.key --allow-target shop.example.com --allow-key-env OPENAI_API_KEY
              ape-worker --coordinator 127.0.0.1:9464 --name rack-7 --label zone=a --max-agents 2000
              ape-worker check --agents 10000
            """,
        version: ApeVersion.text,
        subcommands: [HostCheckCommand.self]
    )

    @Option(help: ArgumentHelp("Where the coordinator listens; port 9464 unless given.", valueName: "host:port"))
    var coordinator: String?

    @Option(help: ArgumentHelp("The file with the secret that the fleet shares.", valueName: "file"))
    var tokenFile: String?

    @Option(
        help: ArgumentHelp("How this worker is called in reports; the host's name unless given.", valueName: "name")
    )
    var name: String?

    @Option(help: ArgumentHelp("A label for the report, as key=value. May be repeated.", valueName: "k=v"))
    var label: [String] = []

    @Option(help: ArgumentHelp("The most agents to take; unless given, as many as come.", valueName: "count"))
    var maxAgents: Int?

    @Option(
        help: ArgumentHelp(
            "A host that may be loaded: host, host:port, *.example.com or 10.0.0.0/8. May be repeated; this machine "
                + "only unless given.",
            valueName: "host"
        )
    )
    var allowTarget: [String] = []

    @OptionGroup(title: "Secrets of this host")
    var keys: KeyOptions

    @OptionGroup
    var proxy: ProxyOption

    @Option(help: ArgumentHelp("Threads that run agents; one for each core unless given.", valueName: "count"))
    var reactors: Int?

    @Flag(help: "End with the run, or after a minute without a coordinator, instead of connecting again for ever.")
    var once = false

    @Flag(help: "Connect to a coordinator on another host without TLS.")
    var insecure = false

    @OptionGroup(title: "TLS")
    var tls: TLSOptions

    @OptionGroup(title: "HTTP")
    var http: HTTPOptions

    @OptionGroup(title: "Program")
    var program: ProgramOptions

    func validate() throws {
        if let maxAgents, !(1...Plan.maximumAgents).contains(maxAgents) {
            throw ValidationError("--max-agents \(maxAgents) is not between 1 and \(Plan.maximumAgents)")
        }
        if let name, !(1...256).contains(name.utf8.count) {
            throw ValidationError("--name has \(name.utf8.count) bytes, not 1 to 256")
        }
        if let reactors, !(1...256).contains(reactors) {
            throw ValidationError("--reactors \(reactors) is not between 1 and 256")
        }
        guard !insecure || tls.tlsCa == nil else {
            throw ValidationError("--insecure and --tls-ca exclude each other: leave out --insecure")
        }
    }

    func run() async throws {
        // Not demanded by the parser, which would demand it of `ape-worker check` too.
        guard let coordinator else { throw ValidationError("Missing expected argument '--coordinator <host:port>'") }
        let host = HostFacts.current()
        try OpenFileLimit.demand(own: OpenFileLimit.filesOfWorker, threads: reactors ?? host.cpus)
        let address = try HostPort(coordinator: coordinator)
        try ChannelExposure(hasToken: tokenFile != nil, isEncrypted: tls.tlsCa != nil, isTrusted: insecure)
            .checkConnecting(to: address)
        let credentials = try tls.credentials()
        let configuration = WorkerConfiguration(
            coordinator: address,
            tls: credentials,
            token: try tokenFile.map { path throws(ApeError) in try TokenFile.read(path) } ?? [],
            id: SecureRandom.uuid(),
            name: name ?? host.name,
            host: host,
            labels: try labels(),
            maxAgents: maxAgents,
            allowList: try AllowList(parsing: allowTarget),
            keyList: try keys.list(),
            proxy: proxy.proxy,
            reactors: reactors ?? host.cpus,
            endsWithRun: once
        )
        let logger = program.logger(label: "ape-worker")
        let http = try http.service(program: "ape-worker", usual: nil, logger: logger)
        try await ServiceRun.toEnd(
            WorkerService(configuration: configuration, http: http, logger: logger),
            beside: http,
            parentWatch: program.parentWatch,
            hangupWatch: credentials.map { credentials in HangupWatch { credentials.reload(logger: logger) } },
            logger: logger
        )
    }

    private func labels() throws -> [String: String] {
        var labels: [String: String] = [:]
        for text in label {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, text.utf8.count <= 256 else {
                throw ApeError(.usage, "--label \"\(text)\" is not of the form key=value, such as zone=a")
            }
            guard labels.updateValue(parts[1], forKey: parts[0]) == nil else {
                throw ApeError(.usage, "--label \(parts[0]) is given twice")
            }
        }
        guard labels.count <= 16 else { throw ApeError(.usage, "More than 16 labels are given") }
        // They go into the first line that the coordinator reads, which is short.
        let bytes = label.reduce(0) { $0 + $1.utf8.count }
        guard bytes <= 2048 else { throw ApeError(.usage, "The labels have \(bytes) bytes together, more than 2048") }
        return labels
    }
}
