import ArgumentParser

/// Where a run's figures and traces are sent to while it goes on.
package struct OTLPOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Send metrics and the traces of kept sessions to this OpenTelemetry receiver, such as http://127.0.0.1:4318; "
                + "the OTEL_ variables of the environment hold too.",
            valueName: "url"
        )
    )
    package var otlp: String?

    package init() {}

    /// The same options as arguments for another program.
    package var arguments: [String] { otlp.map { ["--otlp", $0] } ?? [] }
}
