extension Scenario {
    /// One application under test.
    package struct Target: Sendable, Equatable {
        package var name: String
        /// Scheme, host, port and an optional path prefix, without a trailing slash.
        package var baseURL: String
        /// What the model is told of this application's endpoints.
        package var endpoints: [Endpoint]
        /// Sent with every request.
        package var headers: [Header]
        package var httpVersion: HTTPVersion = .automatic
        /// A proxy's URL; nil for what the environment says.
        package var proxy: String?
        /// A PEM file on the worker's host with the authorities to trust; nil for the system's.
        package var caFile: String?
        /// PEM files on the worker's host with the certificate and the key that the client shows; nil for none. Without
        /// a key the certificate's file holds it too.
        package var clientCertificate: String?
        package var clientKey: String?

        package init(name: String, baseURL: String, endpoints: [Endpoint] = [], headers: [Header] = []) {
            self.name = name
            self.baseURL = baseURL
            self.endpoints = endpoints
            self.headers = headers
        }
    }

    /// One operation of a target: listed in the scenario, or taken from its OpenAPI document.
    package struct Endpoint: Sendable, Equatable {
        /// The longest summary, in bytes.
        static let maximumSummaryBytes = 1024
        static let listenRange: ClosedRange<Int64> = 1_000...3_600_000_000

        package var method: String
        /// A path with parameters in braces, such as `/api/products/{id}`. It is also the route under which the
        /// endpoint's requests are counted.
        package var path: String
        /// One line for the model: what it does and what it takes.
        package var summary: String
        /// The JSON Schema of the body that it takes; nil where none is known.
        package var body: JSONValue?
        /// How long its answer is listened to where that is a stream of events; nil waits for the stream's end.
        package var listenMicros: Int64?
        /// The content type under which a body goes out whose request names none; nil for JSON.
        package var bodyType: String?

        /// Its method and its path.
        package var name: String { "\(method) \(path)" }

        package init(method: String, path: String, summary: String = "") {
            self.method = method
            self.path = path
            self.summary = summary
        }
    }

    /// A header with its value, which may hold `{{name}}` templates.
    package struct Header: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package enum HTTPVersion: String, Sendable, CaseIterable {
        /// HTTP/2 over TLS where the server offers it, else HTTP/1.1.
        case automatic = "auto"
        case http1 = "1.1"
        /// HTTP/2 without negotiation, also in clear text.
        case http2 = "2"
    }
}
