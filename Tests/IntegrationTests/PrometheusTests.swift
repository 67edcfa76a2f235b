import ApeCore
import ApeHTTP
import Testing

extension IntegrationTests.Measured {
    /// A real Prometheus scrapes a run, and says what the report says.
    @Suite(.timeLimit(.minutes(3)))
    struct PrometheusScrape {
        @Test func itsQuantilesAreThoseOfTheReport() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let scenario = try Example.shop(demo, agents: 10, holdSeconds: 20)
                    let workerHTTP = "127.0.0.1:\(try FreePort.pick())"
                    let values = try await LocalCoordinator.run(
                        scenario: scenario,
                        workers: 1,
                        in: scratch
                    ) {
                        coordinator in
                        let http = coordinator.http
                        let targets = [
                            "ape-coordinator": String(http.dropFirst("http://".count)), "ape-worker": workerHTTP,
                        ]
                        return try await Prometheus.with(targets, in: scratch) { prometheus in
                            let worker = try coordinator.worker("w", flags: ["--http", workerHTTP])
                            return try await ProcessHarness.with(worker, in: scratch) { _ in
                                _ = try await coordinator.program.wait(for: "sessions") {
                                    try await prometheus.value(
                                        "ape_successful_sessions_total{job='ape-worker'}",
                                        in: scratch
                                    )
                                    .flatMap { $0 > 5 ? true : nil }
                                }
                                try await lint(http, workerHTTP, in: scratch)
                                try await pagesAgree(http, in: scratch)
                                try await coordinator.untilVerdict()
                                return try await quantiles(prometheus, in: scratch)
                            }
                        }
                    }
                    let report = try Report(scratch.file("report.json"))
                    try compare(values.value, report)
                }
            }
        }

        private static let histograms: [String: String] = [
            "ape_agent_mtba_seconds": "gap", "ape_inference_ttft_seconds": "ttft",
            "ape_agent_session_seconds": "session",
        ]

        /// What Prometheus makes of the last scrapes, after the coordinator is gone.
        private func quantiles(_ prometheus: Prometheus, in scratch: Scratch) async throws -> [String: Double] {
            var values: [String: Double] = [:]
            for (name, series) in Self.histograms {
                let last = "sum by (le) (last_over_time(\(name)_bucket{job='ape-coordinator'}[10m]))"
                for percent in [50, 95, 99] {
                    let query = "histogram_quantile(0.\(percent), \(last))"
                    values["\(series) p\(percent)"] = try await prometheus.value(query, in: scratch)
                }
                values["\(series) count"] = try await prometheus.value(
                    "sum(last_over_time(\(name)_count{job='ape-coordinator'}[10m]))",
                    in: scratch
                )
            }
            values["actions"] = try await prometheus.value(
                "sum(last_over_time(ape_agent_requests_total{job='ape-coordinator'}[10m]))",
                in: scratch
            )
            return values
        }

        private func compare(_ values: [String: Double], _ report: Report) throws {
            for series in Self.histograms.values {
                let reported = try #require(report.validation["series"]?["whole_run"]?[series])
                for percent in [50, 95, 99] {
                    let exact = try #require(reported["p\(percent)_seconds"]?.number)
                    let scraped = try #require(values["\(series) p\(percent)"])
                    #expect(abs(scraped - exact) <= width(at: exact), "\(series) p\(percent): \(scraped), \(exact)")
                }
                // The last windows come in when nobody can ask any more.
                let (count, all) = (try #require(values["\(series) count"]), reported["count"]?.number ?? 0)
                #expect(count > 0 && count <= all, "\(series): \(count) of \(all)")
            }
            let actions = try #require(values["actions"])
            #expect(actions > 0 && actions <= Double(report.count("actions")))
        }

        /// Seconds from the bound below a value to the bound above it.
        private func width(at seconds: Double) -> Double {
            let bounds = LatencyBuckets.boundsMicros.map { Double($0) / 1_000_000 }
            return (bounds.first { $0 >= seconds } ?? .infinity) - (bounds.last { $0 < seconds } ?? 0)
        }

        private func lint(_ http: String, _ workerHTTP: String, in scratch: Scratch) async throws {
            for url in [http, "http://" + workerHTTP] {
                let command = "curl --silent --fail \(url)/metrics | promtool check metrics"
                let finished = try await ProcessHarness.run(Invocation("sh", ["-c", command]), in: scratch)
                #expect(finished.exitCode == 0, "\(url): \(finished.errors)\(finished.output)")
                #expect(finished.output + finished.errors == "")
            }
        }

        private func pagesAgree(_ http: String, in scratch: Scratch) async throws {
            let runs = try await Fetch.json(http + "/api/v1/runs", in: scratch)
            let run = try #require(runs["runs"]?[0]?["run"]?.string)
            #expect(runs["runs"]?[0]?["outcome"]?.string == "running")
            let one = try await Fetch.json(http + "/api/v1/runs/" + run, in: scratch)
            #expect(one["progress"]?["target_agents"]?.integer == 10)
            #expect(one["targets"]?.array?.count == KPIKey.allCases.count)
            let workers = try await Fetch.json(http + "/api/v1/workers", in: scratch)
            #expect(workers["workers"]?[0]?["name"]?.string == "w")
            #expect(workers["workers"]?[0]?["standing"]?.string == "connected")
            #expect(try await Fetch.json(http + "/readyz", in: scratch)["status"]?.string == "ready")
        }
    }
}
