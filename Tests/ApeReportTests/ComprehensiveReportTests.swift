import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeProgram
@testable import ApeReport
import ApeRun
import Foundation
import Testing

@Suite struct ComprehensiveReportTests {
    private func comprehensive(_ fixture: OptimizationFixture) -> JSONValue {
        var report = fixture.report
        report.isComprehensive = true
        return report.json
    }

    private func readiness(_ fixture: OptimizationFixture) -> Readiness { Readiness(fixture.analysis) }

    @Test func theValidationReportStandsInItUnchanged() throws {
        let plain = try #require(OptimizationFixture().report.json.object)
        let whole = try #require(comprehensive(OptimizationFixture()).object)
        for (key, value) in plain { #expect(whole[key] == value, "\(key)") }
        #expect(
            Set(whole.keys).subtracting(plain.keys)
                == ["executive_summary", "optimization", "consolidated_recommendations", "next_steps", "appendix"]
        )
    }

    @Test func currentValuesAreTheVerdicts() throws {
        let fixture = OptimizationFixture(firstToken: 3_000)
        let json = OptimizationReport(fixture.report).json
        for verdict in fixture.analysis.verdict.verdicts where verdict.key != .successfulStatefulSessions {
            let kpi = try #require(json["current_kpis"]?[verdict.key.rawValue])
            #expect(kpi["current_value"]?.number == verdict.measured)
            #expect(kpi["target_value"]?.number == verdict.target.value)
        }
        let ttft = try #require(json["current_kpis"]?["cognitive_latency_ttft"])
        let (now, then) = (ttft["current_value"]?.number ?? 0, ttft["optimized_value"]?.number ?? 0)
        #expect(then < 2 && now > 3)
        #expect(abs(try #require(ttft["improvement_potential"]?.number) - 100 * (now - then) / now) < 1e-9)
        let sessions = try #require(json["current_kpis"]?["successful_stateful_sessions_percentage"])
        #expect(sessions["current_value"]?.number == 100 && sessions["improvement_potential"]?.number == 0)
        #expect(
            json["performance_gaps"]?.array?.compactMap { $0["key"]?.string }
                == ["mtba_threshold", "cognitive_latency_ttft"]
        )
        #expect(json["optimization_impact"]?["targets_that_would_pass"]?.array?.count == 2)
    }

    @Test func readinessFollowsItsRules() {
        let full = [10, 1_000]
        #expect(readiness(OptimizationFixture(agents: full)) == .ready)
        #expect(readiness(OptimizationFixture()) == .mostlyReady)
        var hot = OptimizationFixture(agents: full)
        hot.change = { window, _ in window.host.cpuPercent = 95 }
        #expect(readiness(hot) == .mostlyReady)
        #expect(readiness(OptimizationFixture(firstToken: 3_000, agents: full)) == .needsOptimization)
        var choked = OptimizationFixture(agents: full)
        choked.change = { window, _ in window.host.loopLagMeanMicros = 90_000 }
        #expect(readiness(choked) == .needsOptimization)
        // Agents that stalled: nothing that was measured mends that.
        var broken = OptimizationFixture(agents: full)
        broken.change = { window, _ in
            window.active /= 2
            window.stalled = window.active
        }
        #expect(readiness(broken) == .notReady)
        var short = OptimizationFixture(agents: full)
        short.change = { window, _ in window.active /= 2 }
        #expect(readiness(short) == .needsOptimization)
        #expect(readiness(OptimizationFixture(agents: full, outcome: .fleetFailed(FleetFailure("gone")))) == .notReady)
        #expect(readiness(OptimizationFixture(agents: full, outcome: .interrupted)) == .needsOptimization)
    }

    @Test func theSummarySaysWhatWasReachedAndWhatNot() throws {
        let json = comprehensive(OptimizationFixture(firstToken: 3_000))
        let summary = try #require(json["executive_summary"])
        #expect(summary["overall_status"]?.string == "FAIL")
        #expect(summary["readiness_assessment"]?.string == "NEEDS_OPTIMIZATION")
        #expect(summary["key_achievements"]?.array?.count == 4)
        #expect(summary["key_concerns"]?.array?.contains { $0.string?.contains("first token") == true } == true)
        #expect(try #require(summary["optimization_potential_percentage"]?.number) > 50)
        #expect(summary["critical_metrics"]?.object?.count == 5)
        let steps = json["next_steps"]?.array?.compactMap(\.string) ?? []
        #expect(steps.first?.hasPrefix("Bring the mean time to first token") == true)
        #expect(steps.contains { $0.contains("--max-agents 1000") })
        // The validation report recommends what the analysis does.
        let first = try #require(json["optimization"]?["optimization_recommendations"]?[0]?["action"]?.string)
        #expect(json["recommendations"]?[0]?.string?.contains(first) == true)
        #expect(json["consolidated_recommendations"]?[0]?["id"]?.string == "inference-first-token")
    }

    @Test func theTerminalFitsItsWidth() {
        for width in [76, 100] {
            let text = OptimizationText(OptimizationReport(OptimizationFixture(slowTarget: 4_000).report), width: width)
                .text
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= width }, "\(text)")
            #expect(text.contains("1. [high] Performance: GET /api/slow"))
            #expect(text.contains("Scaling law: not fitted."))
            #expect(!text.contains("\u{1B}"))
        }
        let painted = OptimizationText(
            OptimizationReport(OptimizationFixture(slowTarget: 4_000).report),
            isColoured: true
        )
        #expect(painted.text.contains("\u{1B}[31m[high]\u{1B}[0m"))
        var report = OptimizationFixture().report
        #expect(!VerdictTable(report).text.contains("Readiness"))
        report.isComprehensive = true
        #expect(VerdictTable(report).text.contains("Readiness: MOSTLY_READY."))
    }

    @Test(.enabled(if: PythonSchema.isPresent, "python3 with jsonschema is not installed"))
    func everyReportKeepsItsSchema() throws {
        let fixtures = [
            OptimizationFixture(firstToken: 3_000), OptimizationFixture(slowTarget: 4_000, think: 2_000),
            OptimizationFixture(agents: [10, 20, 50, 100, 200]) { window, _ in
                // Throughput of ten a second for each agent alone, with a contention of 2 %.
                window.counters[.actions(.successful)] = [42, 72, 126, 168, 201][window.stage]
            },
            ScalingReportTests.eightServers,
        ]
        #expect(fixtures[2].analysis.scaling.law?.kind == .contention)
        #expect(fixtures[3].analysis.scaling.law?.queue?.service != nil)
        for (name, report) in ValidationReportTests.reports + fixtures.map({ ("a trouble", $0.report) }) {
            var comprehensive = report
            comprehensive.isComprehensive = true
            let parts = [
                ("comprehensive-report", comprehensive.json), ("optimization-report", OptimizationReport(report).json),
            ]
            for (schema, json) in parts {
                let file = FileManager.default.temporaryDirectory.appending(path: "ape-\(UUID()).json").path()
                defer { try? FileManager.default.removeItem(atPath: file) }
                try Files.write(json, to: file)
                #expect(try PythonSchema.findings(schema: schema, file: file) == "", "\(schema) of \(name)")
            }
        }
    }
}
