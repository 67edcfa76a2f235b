import ApeCore
import Foundation
import Testing

extension IntegrationTests.Measured {
    /// The page of a real run, read to its end as a browser reads it.
    @Suite(.timeLimit(.minutes(4)))
    struct LivePages {
        @Test func itsLastFiguresAreThoseOfTheReport() async throws {
            try await Scratch.with { scratch in
                try await Demo.with(in: scratch) { demo in
                    let html = scratch.file("report.html")
                    let stream = scratch.file("stream")
                    let scenario = try Example.shop(demo, agents: 6, holdSeconds: 8)
                    let flags = ["--html", html]
                    let run = try await LocalCoordinator.run(scenario: scenario, workers: 1, flags: flags, in: scratch)
                    {
                        coordinator in
                        let http = coordinator.http
                        return try await ProcessHarness.with(try coordinator.worker("w"), in: scratch) { _ in
                            try await coordinator.untilSessionsGetThrough(in: scratch)
                            let page = try await get(http + "/", "text/html", in: scratch)
                            #expect(page.contains("id=\"status\"") && page.contains("id=\"over-time\""))
                            #expect(try await get(http + "/", "*/*", in: scratch).hasPrefix("ape-coordinator "))
                            let curl = [
                                "--silent", "--no-buffer", "--max-time", "120", "-o", stream, http + "/page/live",
                            ]
                            return try await ProcessHarness.run(Invocation("curl", curl), in: scratch).exitCode
                        }
                    }
                    #expect(run.value == 0, "the stream ends by itself")
                    #expect([0, 1, 3].contains(run.finished.exitCode), "\(run.finished.errors)")
                    let events = events(try #require(textOfFile(stream)))
                    #expect(events.first?.name == "hello")
                    #expect(events.last?.name == "end")
                    #expect(events.last?.data.hasPrefix("The run has ended: ") == true)
                    try expectSame(events, report: try #require(textOfFile(html)))
                }
            }
        }

        private func get(_ url: String, _ accept: String, in scratch: Scratch) async throws -> String {
            let curl = ["--silent", "--fail", "--max-time", "20", "--header", "Accept: \(accept)", url]
            return try await ProcessHarness.run(Invocation("curl", curl), in: scratch).output
        }

        private func events(_ stream: String) -> [(name: String, data: String)] {
            stream.components(separatedBy: "\n\n").compactMap { block in
                let lines = block.components(separatedBy: "\n")
                let name = lines.first { $0.hasPrefix("event: ") }.map { String($0.dropFirst(7)) }
                let data = lines.filter { $0.hasPrefix("data: ") }.map { String($0.dropFirst(6)) }
                return name.map { ($0, data.joined(separator: "\n")) }
            }
        }

        /// Every part of the report's file is, to the letter, what the page had last under its name.
        private func expectSame(_ events: [(name: String, data: String)], report: String) throws {
            var last: [String: String] = [:]
            for event in events where event.name == "part" {
                let end = event.data.firstIndex(of: "\n") ?? event.data.endIndex
                last[String(event.data[..<end])] = String(event.data[end...].dropFirst())
            }
            let parts = report.components(separatedBy: " class=\"part\" id=\"").dropFirst()
            #expect(parts.count >= 12, "\(parts.count)")
            for part in parts {
                let id = String(part.prefix { $0 != "\"" })
                let shown = try #require(last[id], "\(id)")
                #expect(part.hasPrefix("\(id)\">\n\(shown)\n</"), "\(id)")
            }
            let targets = try #require(last["targets"])
            #expect(targets.components(separatedBy: "<div class=\"card target\">").count == KPIKey.allCases.count + 1)
        }
    }
}
