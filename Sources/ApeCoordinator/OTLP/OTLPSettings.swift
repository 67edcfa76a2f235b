import ApeCore
import ApeReport
import FoundationEssentials

/// Where a run is exported to and how: by `--otlp` and by the variables that OpenTelemetry's exporters share.
package struct OTLPSettings: Sendable {
    /// What is sent apart.
    package enum Signal: String, Sendable, CaseIterable {
        case metrics, traces
    }

    package struct Endpoint: Sendable {
        /// With its path.
        package var url: String
        /// Names and values; the values may be secret.
        package var headers: [(name: String, value: String)] = []
        /// How long an answer is waited for.
        package var timeoutMicros: Int64 = OTLPSettings.usualTimeoutMicros
        package var isJSON = false
        /// PEM files: authorities to trust in place of the system's, the certificate that is shown, and its key.
        package var caFile: String?
        package var certificate: String?
        package var key: String?
    }

    static let usualTimeoutMicros: Int64 = 10_000_000
    /// OpenTelemetry's programs wait for 60 s, which is all of a short run.
    static let usualIntervalMicros: Int64 = 10_000_000

    /// Where each signal goes; one that is not there is not sent.
    package var endpoints: [Signal: Endpoint] = [:]
    package var intervalMicros = usualIntervalMicros
    /// Attributes of the resource beside the run's own.
    package var resource: [(name: String, value: String)] = []
    /// What of the environment is not heeded, in sentences.
    package var warnings: [String] = []

    /// Reads what a run was told; nil where nothing is to be exported and nothing to be said of it.
    ///
    /// - Parameters:
    ///   - url: what `--otlp` says, which wins over the environment's endpoints; nil where it was not given.
    ///   - environment: the process's variables; one that is empty counts as not set.
    /// - Throws: ``ApeError`` of code `usage` for an `--otlp` that cannot be followed.
    package init?(url: String?, environment: [String: String]) throws(ApeError) {
        var reading = OTLPEnvironment(environment)
        if url == nil {
            guard !reading.isTrue("OTEL_SDK_DISABLED") else { return nil }
            guard reading.namesEndpoint else { return nil }
        }
        if let url {
            do throws(ApeError) {
                _ = try BaseURL(url)
            } catch {
                throw ApeError(.usage, "--otlp \(error.message)")
            }
        }
        for signal in Signal.allCases {
            if reading.isOff(signal, wasAsked: url != nil) { continue }
            let base = url ?? reading.text("OTEL_EXPORTER_OTLP_ENDPOINT")
            let own = url == nil ? reading.text(of: signal, "ENDPOINT") : nil
            guard let address = own ?? base.map({ Self.address(of: signal, below: $0) }) else { continue }
            let name = reading.text(of: signal, "PROTOCOL") ?? reading.text("OTEL_EXPORTER_OTLP_PROTOCOL") ?? ""
            guard ["", "http/protobuf", "http/json"].contains(name) else {
                let words =
                    "OTEL_EXPORTER_OTLP_PROTOCOL is \(name): the \(signal.rawValue) go over HTTP alone; set it to "
                    + "http/protobuf, and the endpoint to the receiver's port for that, usually 4318"
                if url != nil { throw ApeError(.usage, words) }
                reading.warn(words)
                continue
            }
            guard let place = try? BaseURL(address) else {
                reading.warn("The endpoint of the \(signal.rawValue) in the environment is no http or https URL")
                continue
            }
            var endpoint = Endpoint(url: own == nil ? place.text : address, isJSON: name == "http/json")
            endpoint.headers = reading.headers(of: signal)
            endpoint.timeoutMicros = reading.timeoutMicros(of: signal)
            endpoint.caFile = reading.either(signal, "CERTIFICATE")
            endpoint.certificate = reading.either(signal, "CLIENT_CERTIFICATE")
            endpoint.key = reading.either(signal, "CLIENT_KEY")
            reading.checkCompression(of: signal)
            endpoints[signal] = endpoint
        }
        intervalMicros = reading.intervalMicros(usual: Self.usualIntervalMicros)
        resource = reading.resource()
        warnings = reading.warnings
        if endpoints.isEmpty, warnings.isEmpty { return nil }
    }

    private static func address(of signal: Signal, below base: String) -> String {
        var base = base
        while base.hasSuffix("/") { base.removeLast() }
        return "\(base)/v1/\(signal.rawValue)"
    }

    /// What the process was given.
    package static var processEnvironment: [String: String] { ProcessInfo.processInfo.environment }
}
