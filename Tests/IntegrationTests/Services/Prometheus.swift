import ApeCore
import Foundation

/// Debian's Prometheus, scraping every second.
struct Prometheus: Sendable {
    private let url: String

    /// Runs `body` beside a Prometheus that scrapes the addresses of some jobs.
    static func with<Value: Sendable>(
        _ targets: [String: String],
        in scratch: Scratch,
        _ body: (Prometheus) async throws -> Value
    ) async throws -> Value {
        let jobs = targets.map { "  - {job_name: \($0.key), static_configs: [{targets: ['\($0.value)']}]}\n" }
        let configuration = try scratch.write(
            "prometheus.yml",
            "global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n" + jobs.sorted().joined()
        )
        let address = "127.0.0.1:\(try FreePort.pick())"
        let invocation = Invocation(
            "prometheus",
            [
                "--config.file=\(configuration)", "--web.listen-address=\(address)",
                "--storage.tsdb.path=\(scratch.file("prometheus"))", "--log.level=warn",
            ]
        )
        return try await ProcessHarness.with(invocation, in: scratch) { program in
            let prometheus = Prometheus(url: "http://\(address)")
            _ = try await program.wait(for: "its first answer") {
                try? await prometheus.value("vector(1)", in: scratch)
            }
            return try await body(prometheus)
        }
    }

    /// The number that an expression has now; nil where it has none.
    func value(_ expression: String, in scratch: Scratch) async throws -> Double? {
        let query = expression.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let answer = try await Fetch.json("\(url)/api/v1/query?query=\(query)", in: scratch)
        return answer["data"]?["result"]?[0]?["value"]?[1]?.string.flatMap(Double.init)
    }
}
