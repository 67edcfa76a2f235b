import ApeCore
import Foundation
import Subprocess
import Testing

extension IntegrationTests.Operated {
    /// What the README tells a user to type, typed as it stands.
    @Suite(.timeLimit(.minutes(4)))
    struct Readme {
        /// From nothing to a verdict on the demo, on ports that are free here.
        @Test func aFirstScenario() async throws {
            let (shop, inference) = (try FreePort.pick(), try FreePort.pick())
            let block = try Documentation.block(of: "README.md", under: "## A first scenario")
            let start = "ape-test demo &"
            try #require(block.contains(start))
            // A person takes longer than this to type the next line.
            let listen = "--shop-listen 127.0.0.1:\(shop) --inference-listen 127.0.0.1:\(inference)"
            let commands = block.replacing(start, with: "ape-test demo \(listen) & trap 'kill %1' EXIT; sleep 3\n")
                .replacing(":8080", with: ":\(shop)").replacing(":8081", with: ":\(inference)")
            try await Scratch.with { scratch in
                let finished = try await ProcessHarness.run(Documentation.shell(commands, in: scratch), in: scratch)
                #expect([0, 3].contains(finished.exitCode), "\(finished.errors)\(finished.output)")
                let report = try Report(scratch.file("validation-report.json"))
                try await report.expectSound(in: scratch)
                #expect(report.status(.successfulStatefulSessions) == "PASS")
                #expect(textOfFile(scratch.file("report.html"))?.hasPrefix("<!doctype html>") == true)
                try await whatComesOut(run: try #require(report.validation["run"]?["id"]?.string), in: scratch)
            }
        }

        /// The verbs that read what a run left, with that run in the places of both.
        private func whatComesOut(run: String, in scratch: Scratch) async throws {
            try FileManager.default.removeItem(atPath: scratch.file("report.html"))
            let commands = try Documentation.block(of: "README.md", under: "## What comes out")
                .replacing("BASE RUN", with: "\(run) \(run)")
            let finished = try await ProcessHarness.run(Documentation.shell(commands, in: scratch), in: scratch)
            #expect([0, 3].contains(finished.exitCode), "\(finished.errors)\(finished.output)")
            #expect(finished.output.contains(run))
            #expect(textOfFile(scratch.file("report.html"))?.hasPrefix("<!doctype html>") == true)
        }

        /// A fleet that stands, on the page that tells of it.
        @Test func aFleetThatStands() async throws {
            let commands = try Documentation.block(of: "docs/operations.md", under: "## A fleet that stands")
                // A person watches until the agents are at work; nobody is here to end what is watched.
                .replacing("ape-test status --watch", with: "sleep 10; ape-test status")
            try await Scratch.with { scratch in
                let finished = try await ProcessHarness.run(Documentation.shell(commands, in: scratch), in: scratch)
                #expect([0, 1, 3].contains(finished.exitCode), "\(finished.errors)\(finished.output)")
                try await Report(scratch.file("results/report.json")).expectSound(in: scratch)
            }
        }

        /// One coordinator and three load hosts, each in a network namespace, names resolved as on a real network.
        @Test(.enabled(if: NetworkNamespaces.isPossible, "needs root, iproute2 and the right to make namespaces"))
        func severalHosts() async throws {
            let block = try Documentation.block(of: "README.md", under: "## Several hosts")
            let parts = block.components(separatedBy: "\n\n")
            try #require(parts.count == 3)
            let loads = ["load-1", "load-2", "load-3"]
            try await Scratch.with { scratch in
                try FileManager.default.createSymbolicLink(
                    atPath: scratch.file("deploy"),
                    withDestinationPath: "\(Invocation.tree)/deploy"
                )
                let made = try await ProcessHarness.run(Documentation.shell(parts[0], in: scratch), in: scratch)
                #expect(made.exitCode == 0, "\(made.errors)")
                try await NetworkNamespaces.with(["control", "shop"] + loads, in: scratch) { hosts in
                    try await hosts.naming(["control.example.net": "control", "shop.example.net": "shop"]) {
                        try await run(parts[1], parts[2], loads: loads, on: hosts, in: scratch)
                    }
                }
            }
        }

        private func run(
            _ coordinator: String,
            _ worker: String,
            loads: [String],
            on hosts: NetworkNamespaces,
            in scratch: Scratch
        ) async throws {
            let shop = try hosts.address("shop")
            var demo = try Invocation.ape(
                "ape-test",
                ["demo", "--public", "--shop-listen", "\(shop):8080", "--inference-listen", "\(shop):8081"] + Demo.quick
            )
            demo.namespace = hosts.namespace("shop")
            try await ProcessHarness.with(demo, in: scratch) { program in
                try await program.line(containing: "8081")
                let services = Demo(
                    shop: "http://shop.example.net:8080",
                    inference: "http://shop.example.net:8081/v1"
                )
                try scratch.write("ape.yml", Example.shop(services, agents: 30, holdSeconds: 6))
                let command = Documentation.shell(coordinator, in: scratch, namespace: hosts.namespace("control"))
                let (_, finished) = try await ProcessHarness.supervise(command, in: scratch) { program in
                    try await program.line(containing: "listening for workers")
                    try await withWorkers(loads[...], worker, on: hosts, in: scratch) {
                        _ = try await Wait.until("the verdict", limit: .seconds(90)) { () -> Bool? in
                            LiveProcesses.isGone(program.pid) ? true : nil
                        }
                    }
                }
                #expect([0, 3].contains(finished.exitCode), "\(finished.errors)")
            }
            let report = try Report(scratch.file("validation-report.json"))
            try await report.expectSound(in: scratch)
            // Namespaces share their host's name, which the workers go by.
            let workers = report.validation["workers"]?.array ?? []
            #expect(workers.count == 3)
            #expect(workers.allSatisfy { ($0["actions"]?.integer ?? 0) > 0 })
            #expect(report.missing.isEmpty)
        }

        private func withWorkers(
            _ rest: ArraySlice<String>,
            _ command: String,
            on hosts: NetworkNamespaces,
            in scratch: Scratch,
            _ body: () async throws -> Void
        ) async throws {
            guard let name = rest.first else { return try await body() }
            // The README shows the first host's line; the others differ in the host's name.
            let own = command.replacing("load-1", with: name)
            let worker = Documentation.shell(own, in: scratch, namespace: hosts.namespace(name))
            try await ProcessHarness.with(worker, in: scratch) { _ in
                try await withWorkers(rest.dropFirst(), command, on: hosts, in: scratch, body)
            }
        }
    }
}

/// The documentation's own commands.
enum Documentation {
    /// The first shell block under a heading.
    static func block(of page: String, under heading: String) throws -> String {
        guard let text = textOfFile("\(Invocation.tree)/\(page)") else { throw HarnessError("no page \(page)") }
        let sections = text.components(separatedBy: "\n\(heading)\n")
        guard sections.count == 2, let open = sections[1].range(of: "```sh\n"),
            let close = sections[1].range(of: "\n```", range: open.upperBound..<sections[1].endIndex)
        else { throw HarnessError("\(page) has no one section \"\(heading)\" with a shell block") }
        return String(sections[1][open.upperBound..<close.lowerBound])
    }

    /// A shell that runs commands in the scratch directory, with our programs on its path.
    static func shell(_ commands: String, in scratch: Scratch, namespace: String? = nil) -> Invocation {
        let script = "set -euo pipefail; cd '\(scratch.path)'; PATH='\(Invocation.builtPrograms)':$PATH\n\(commands)\n"
        var invocation = Invocation("bash", ["-c", script])
        invocation.namespace = namespace
        return invocation
    }
}
