import ApeCore
import ApeDemo
import ApeProgram
import ArgumentParser
import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

/// `ape-test demo`: the demo shop and the simulated inference endpoint, for trying APE out and for testing it.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Serve the demo shop and the simulated inference endpoint.",
        discussion: """
            Both run until SIGINT or SIGTERM, on a thread for each CPU that they may use. Each tells what it served at
            GET /demo/stats, exactly, and how many requests it dropped since their clients had gone. The endpoint speaks
            Chat Completions, Responses and Messages, under /v1/chat/completions, /v1/responses and /v1/messages.

            Examples:
              ape-test demo
              ape-test demo --only shop --slow-route "GET /api/products/{id}=800ms"
              ape-test demo --ttft 2500ms --slots 64 --rate-limit 0.05
              ape-test demo --reasoning signed --strict-members
              ape-test demo --shop-listen 127.0.0.1:0 --inference-listen 127.0.0.1:0 --ready-file ready.json
            """
    )

    enum Only: String, ExpressibleByArgument, CaseIterable, Sendable {
        case shop, inference
    }

    @Option(help: "Serve one of the two only.")
    var only: Only?

    @Flag(help: "Allow addresses that other hosts can reach. The demo is open to whoever reaches it.")
    var `public` = false

    @Option(help: ArgumentHelp("Everything random is drawn from this number.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "Write the addresses to this file as JSON once both listen: {\"shop\": URL, \"inference\": URL}.",
            valueName: "file"
        )
    )
    var readyFile: String?

    @Option(
        help: ArgumentHelp("Write a scenario for this demo to this file once both listen.", valueName: "file")
    )
    var scenarioFile: String?

    @Option(
        help: ArgumentHelp(
            "Where the shop listens; port 0 lets the system choose. (default: 127.0.0.1:8080)",
            valueName: "host:port"
        ),
        transform: ListenFlag.init(flag:)
    )
    var shopListen = ListenFlag(address: HostPort(host: "127.0.0.1", port: 8080))

    @Option(
        help: ArgumentHelp(
            "Where the endpoint listens; port 0 lets the system choose. (default: 127.0.0.1:8081)",
            valueName: "host:port"
        ),
        transform: ListenFlag.init(flag:)
    )
    var inferenceListen = ListenFlag(address: HostPort(host: "127.0.0.1", port: 8081))

    @OptionGroup(title: "Shop")
    var shop: ShopFlags

    @OptionGroup(title: "Inference endpoint")
    var inference: InferenceFlags

    @OptionGroup
    var program: ProgramOptions

    init() {}

    func validate() throws {
        if scenarioFile != nil, only != nil {
            throw ValidationError("--scenario-file needs both services; leave out --only")
        }
        for (flag, listen) in [("--shop-listen", shopListen), ("--inference-listen", inferenceListen)] {
            guard listen.address.isLoopback || `public` else {
                throw ValidationError(
                    "\(flag) \(listen.address) can be reached from other hosts; add --public if that is meant"
                )
            }
        }
        _ = try shop.configuration(seed: seed)
        _ = try inference.configuration(seed: seed)
    }

    func run() async throws {
        let logger = program.logger(label: "ape.demo")
        let parts: Set<DemoAnnouncement.Part> =
            switch only {
            case .shop: [.shop]
            case .inference: [.inference]
            case nil: [.shop, .inference]
            }
        let announcement = DemoAnnouncement(parts: parts, readyFile: readyFile) { try tell($0) }
        var services: [any Service] = [announcement]
        if parts.contains(.shop) {
            var configuration = try shop.configuration(seed: seed)
            configuration.address = shopListen.address
            let listening = announcement.arrived(.shop)
            services.append(DemoShop(configuration: configuration, logger: logger, onListening: listening))
        }
        if parts.contains(.inference) {
            var configuration = try inference.configuration(seed: seed)
            configuration.address = inferenceListen.address
            let listening = announcement.arrived(.inference)
            services.append(SimulatedInference(configuration: configuration, logger: logger, onListening: listening))
        }
        if let watch = program.parentWatch { services.append(watch) }
        var group = ServiceGroupConfiguration(
            services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
            gracefulShutdownSignals: [.sigint, .sigterm],
            logger: logger
        )
        // An answer that is under way takes a few seconds at most; whoever holds a connection longer is cut off.
        group.maximumGracefulShutdownDuration = .seconds(5)
        try await ServiceGroup(configuration: group).run()
    }

    /// Tells the addresses, one a line, and what can be done with them.
    private func tell(_ urls: [DemoAnnouncement.Part: String]) throws {
        for part in DemoAnnouncement.Part.allCases {
            if let url = urls[part] { StandardOutput.write("\(part.rawValue): \(url)\n") }
        }
        if let shop = urls[.shop] { StandardOutput.write("Try it: curl \(shop)/api/products\n") }
        if let scenarioFile, let shop = urls[.shop], let inference = urls[.inference] {
            try Files.write(
                text: EmbeddedScenario.yaml(shopURL: shop, inferenceURL: inference),
                to: scenarioFile,
                flag: "--scenario-file"
            )
            StandardOutput.write("Next, in another terminal: ape-test validate --scenario \(scenarioFile)\n")
        } else if urls.count == DemoAnnouncement.Part.allCases.count {
            StandardOutput.write(
                "To load it, start it with --scenario-file demo.yml and run: ape-test validate --scenario demo.yml\n"
            )
        }
    }
}
