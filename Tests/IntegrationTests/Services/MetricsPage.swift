/// A page of `/metrics` as a scraper reads it.
struct MetricsPage: Sendable {
    /// The value of each sample by its name and labels, such as `ape_open_requests{kind="model"}`.
    let samples: [String: Double]

    /// The page below a program's address, such as `http://127.0.0.1:41236`.
    init(of http: String, in scratch: Scratch) async throws {
        let page = try await Fetch.text(http + "/metrics", in: scratch)
        var samples: [String: Double] = [:]
        for line in page.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                continue
            }
            samples[String(line[..<space])] = value
        }
        self.samples = samples
    }
}

extension RunningProgram {
    /// Waits until the coordinator at `http` has counted sessions that got through, so that a report drawn from now on
    /// has them. The target knows of them earlier: a second may pass until a worker's window brings the news.
    func untilSessionsGetThrough(at http: String, in scratch: Scratch) async throws {
        _ = try await wait(for: "sessions that get through", limit: .seconds(40)) {
            let page = try? await MetricsPage(of: http, in: scratch)
            return page?.samples["ape_successful_sessions_total"] ?? 0 >= 10 ? true : nil
        }
    }
}
