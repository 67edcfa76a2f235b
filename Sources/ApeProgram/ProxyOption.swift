import ApeCore
import ArgumentParser

/// The proxy of workers' requests.
package struct ProxyOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The proxy for requests of agents where the scenario names none; else the usual environment variables "
                + "(http_proxy, https_proxy, no_proxy) hold.",
            valueName: "url"
        )
    )
    package var proxy: String?

    package init() {}

    package func validate() throws {
        guard let proxy else { return }
        do { _ = try ProxyURL(proxy) } catch { throw ValidationError("--proxy \(error.message)") }
    }

    /// The same as arguments for a worker.
    package var arguments: [String] { proxy.map { ["--proxy", $0] } ?? [] }
}
