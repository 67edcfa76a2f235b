import ApeCore
import Glibc
import Testing

extension IntegrationTests.Operated {
    /// A run that is controlled over HTTP, with all its processes.
    @Suite(.timeLimit(.minutes(4)))
    struct Control {
        /// A fleet that stands, its address, its run and its token.
        private struct Fleet {
            var http: String
            var run: String
            var token: String
            var scratch: Scratch

            /// Sends an order; returns the status and the body of the answer.
            func order(_ name: String, _ body: String = "", headers: [String]? = nil) async throws -> (
                Int, JSONValue
            ) {
                let type = body.isEmpty ? [] : ["Content-Type: application/json"]
                let fields = (headers ?? ["Authorization: Bearer \(token)"]) + type
                let url = "\(http)/api/v1/runs/\(run)/\(name)"
                let arguments = ["--request", "POST", "--data", body] + fields.flatMap { ["--header", $0] }
                // Without a type of its own curl names that of a form.
                let untyped = body.isEmpty ? ["--header", "Content-Type:"] : []
                return try await ask(url, arguments + untyped)
            }

            func ask(_ url: String, _ arguments: [String] = []) async throws -> (Int, JSONValue) {
                let common = ["--silent", "--max-time", "20", "--write-out", "\n%{http_code}"]
                let curl = Invocation("curl", common + arguments + [url])
                let lines = try await ProcessHarness.run(curl, in: scratch).output.split(separator: "\n")
                let body = lines.dropLast().joined(separator: "\n")
                return (Int(lines.last ?? "") ?? 0, (try? JSONValue(parsing: body)) ?? .null)
            }

            /// Waits until so many agents are at work.
            func agents(_ number: Int64) async throws {
                try await Wait.until("\(number) active agents", limit: .seconds(60)) {
                    let run = try await ask("\(http)/api/v1/runs/\(run)").1
                    return run["progress"]?["active_agents"]?.integer == number ? true : nil
                }
            }
        }

        private func verb(_ arguments: [String], in scratch: Scratch) async throws -> FinishedProgram {
            let all = arguments + ["--results", scratch.file("results")]
            return try await ProcessHarness.run(try Invocation.ape("ape-test", all), in: scratch)
        }

        private func withFleet(_ body: (Fleet) async throws -> Void) async throws {
            try await Scratch.with { scratch in
                let start = ["start", "--agents", "4", "--http", "127.0.0.1:0", "--ttft", "100ms", "--detach"]
                let started = try await verb(start, in: scratch)
                #expect(started.exitCode == 0, "\(started.errors)")
                let state = try JSONValue(parsing: textOfFile(scratch.file("results/fleet/state.json")) ?? "")
                let run = try #require(state["run"]?.string)
                let path = scratch.file("results/control/\(run).token")
                let token = try #require(textOfFile(path)).filter { !$0.isWhitespace }
                var status = stat()
                #expect(stat(path, &status) == 0)
                #expect(status.st_mode & 0o777 == 0o600)
                let http = try #require(state["http"]?.string)
                try await body(Fleet(http: http, run: run, token: token, scratch: scratch))
                #expect(try await verb(["stop"], in: scratch).exitCode == 0)
                #expect(textOfFile(path) == nil)
                for log in ["coordinator.log", "start.log"] {
                    #expect(textOfFile(scratch.file("results/logs/\(log)"))?.contains(token) != true)
                }
            }
        }

        @Test func aStandingFleetIsScaledPausedAndStoppedByWhoeverHasTheToken() async throws {
            try await withFleet { fleet in
                try await fleet.agents(4)
                #expect(try await fleet.order("scale", #"{"agents": 7}"#, headers: []).0 == 401)
                #expect(
                    try await fleet.order("scale", #"{"agents": 7}"#, headers: ["Authorization: Bearer x"]).0 == 401
                )
                let foreign = ["Authorization: Bearer \(fleet.token)", "Origin: http://evil.example"]
                #expect(try await fleet.order("scale", #"{"agents": 7}"#, headers: foreign).0 == 403)
                for (body, status) in [
                    ("{", 400), ("[]", 422), (#"{"agents": 0}"#, 422), (#"{"agents": 7, "a": 1}"#, 422),
                ] {
                    #expect(try await fleet.order("scale", body).0 == status, "\(body)")
                }
                #expect(try await fleet.order("scale", #"{"agents": 7}"#).0 == 202)
                try await fleet.agents(7)
                try await readers(of: fleet)
                #expect(try await fleet.order("resume").0 == 409)
                #expect(try await fleet.order("pause").0 == 202)
                try await fleet.agents(0)
                #expect(try await fleet.order("pause").0 == 409)
                let paused = try await fleet.ask("\(fleet.http)/api/v1/runs/\(fleet.run)").1
                #expect(paused["progress"]?["paused_since"]?.string != nil)
                #expect(try await verb(["resume"], in: fleet.scratch).exitCode == 0)
                try await fleet.agents(7)
                #expect(try await fleet.order("stop").0 == 202)
                try await Wait.until("the report", limit: .seconds(60)) {
                    textOfFile(fleet.scratch.file("results/report.json")) == nil ? nil : true
                }
                let report = try Report(fleet.scratch.file("results/report.json"))
                try await report.expectSound(in: fleet.scratch)
                let stages = report.validation["stages"]?.array ?? []
                #expect(stages.compactMap { $0["target_agents"]?.integer } == [4, 7, 7])
                #expect(report.validation["completeness"]?["pauses"]?.array?.count == 1)
                #expect(report.validation["run"]?["outcome"]?.string == "finished")
            }
        }

        /// Whoever has no token reads the run in every format, and as it goes on.
        private func readers(of fleet: Fleet) async throws {
            let run = "\(fleet.http)/api/v1/runs/\(fleet.run)"
            for (query, status) in [
                ("", 200), ("?format=html", 200), ("?format=junit", 200), ("?format=csv&part=stages", 200),
                ("?format=chat", 200), ("?format=csv", 200), ("?format=csv&part=x", 400), ("?format=pdf", 400),
            ] {
                #expect(try await fleet.ask("\(run)/report\(query)").0 == status, "\(query)")
            }
            #expect(try await fleet.ask("\(run)x/report").0 == 404)
            #expect(try await fleet.ask("\(fleet.http)/api/v1/runs/..%2f..%2fetc%2fpasswd/report").0 == 404)
            let events = try await fleet.ask("\(run)/events").1["events"]?.array ?? []
            #expect(events.contains { $0["code"]?.string == "worker_joined" })
            let page = try await fleet.ask("\(fleet.http)/api/v1/runs?limit=1").1
            #expect(page["runs"]?.array?.count == 1)
            #expect(page["before"] == .null)
            #expect(try await fleet.ask("\(fleet.http)/api/v1/runs?limit=0").0 == 400)
            let arguments = ["--silent", "--max-time", "5", "--header", "Accept: application/x-ndjson", "\(run)/live"]
            let lines = try await ProcessHarness.run(Invocation("curl", arguments), in: fleet.scratch).output
                .split(separator: "\n")
            #expect((3...8).contains(lines.count))
            #expect(try lines.allSatisfy { try JSONValue(parsing: String($0))["run"]?.string == fleet.run })
        }

        @Test func aLinkLetsABrowserInOnce() async throws {
            try await withFleet { fleet in
                // A run that waits for its workers cannot be paused.
                try await fleet.agents(4)
                let printed = try await verb(["link"], in: fleet.scratch)
                let link = printed.output.filter { !$0.isWhitespace }
                #expect(link.hasPrefix("\(fleet.http)/open?key="))
                let jar = fleet.scratch.file("cookies")
                #expect(try await fleet.ask(link, ["--cookie-jar", jar]).0 == 303)
                let (again, refusal) = try await fleet.ask(link)
                #expect(again == 403)
                #expect(refusal["error"]?["code"]?.string == "link_used")
                let url = "\(fleet.http)/api/v1/runs/\(fleet.run)/pause"
                let post = ["--request", "POST", "--cookie", jar]
                #expect(try await fleet.ask(url, post).0 == 403)
                #expect(try await fleet.ask(url, post + ["--header", "Origin: \(fleet.http)"]).0 == 202)
                // A paused fleet can be stopped.
            }
        }
    }
}
