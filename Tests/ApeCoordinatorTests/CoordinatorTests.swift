import ApeChannel
import ApeCore
import Foundation
import Logging
import Testing

@testable import ApeCoordinator

/// The coordinator in this process, with real files and a real listener.
struct CoordinatorTests {
    private func configuration(in directory: String, output: String? = nil) throws -> CoordinatorConfiguration {
        let scenario = try Scenario(document: [
            "name": "one", "targets": ["shop": ["url": "http://127.0.0.1:9", "endpoints": ["GET /"]]],
            "goals": ["look": ["script": ["GET /"], "success": [["answer": "GET /", "status": 200]]]],
        ])
        return CoordinatorConfiguration(
            scenario: scenario,
            plan: Plan.validation(maxAgents: 1, testDurationMicros: 1_000_000, quick: true),
            workers: 1,
            wait: .zero,
            listen: HostPort(host: "127.0.0.1", port: 0),
            tls: nil,
            token: [],
            runID: "run-1",
            resumes: false,
            seed: 1,
            isStrict: false,
            describesDemo: false,
            output: output ?? directory + "/report.json",
            results: directory + "/results",
            readyFile: directory + "/ready.json"
        )
    }

    private func inDirectory(_ body: (String) async throws -> Void) async throws {
        let directory = NSTemporaryDirectory() + "ape-coordinator-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await body(directory)
    }

    @Test func refusesAReportThatCannotBeWrittenBeforeAnythingRuns() async throws {
        try await inDirectory { directory in
            let wrong = try configuration(in: directory, output: directory + "/nowhere/report.json")
            let error = #expect(throws: ApeError.self) { try Coordinator(configuration: wrong, logger: .quiet) }
            #expect(error?.message.contains("--output") == true)
            #expect(error?.exitCode == .usage)
        }
    }

    @Test func onlyWhoTakesRunsUpSuspendsThem() throws {
        #expect(Termination(resume: nil) == .ends)
        #expect(Termination(resume: "latest") == .suspends)
        #expect(Termination(resume: "4f1c") == .suspends)
        // A coordinator that nobody asked for anything else ends its run.
        #expect(try configuration(in: "/nowhere").termination == .ends)
    }

    @Test func saysWhoCameWhenTooFewWorkersDo() async throws {
        try await inDirectory { directory in
            let coordinator = try Coordinator(configuration: configuration(in: directory), logger: .quiet)
            let error = await #expect(throws: ApeError.self) { try await coordinator.run() }
            #expect(error?.code == .fleet)
            #expect(error?.message.contains("0 of 1 workers") == true)
            #expect(coordinator.exitCode == .fleet)
            let ready = try #require(FileManager.default.contents(atPath: directory + "/ready.json"))
            let address = try #require(try JSONValue(parsing: Array(ready))["control"]?.string)
            #expect(try HostPort(coordinator: address).port > 0)
            #expect(!FileManager.default.fileExists(atPath: directory + "/report.json"))
        }
    }

    @Test func takesUpOnlyARunThatItKnowsAndThatHasNotEnded() async throws {
        try await inDirectory { directory in
            var configuration = try configuration(in: directory)
            configuration.resumes = true
            let unknown = try Coordinator(configuration: configuration, logger: .quiet)
            var error = await #expect(throws: ApeError.self) { try await unknown.run() }
            #expect(error?.message.contains("no such run") == true)
            configuration.resumes = false
            let first = try Coordinator(configuration: configuration, logger: .quiet)
            await #expect(throws: ApeError.self) { try await first.run() }
            configuration.resumes = true
            let ended = try Coordinator(configuration: configuration, logger: .quiet)
            error = await #expect(throws: ApeError.self) { try await ended.run() }
            #expect(error?.message.contains("has ended") == true)
        }
    }
}

extension Logger {
    /// A logger that nobody reads.
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
