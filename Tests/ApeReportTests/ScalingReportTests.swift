import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeRun
import Testing

@testable import ApeReport

/// The scaling law in JSON and in sentences.
@Suite struct ScalingReportTests {
    /// Eight servers of 50 ms at the target, and agents that do nothing else: 160 actions a second at most.
    static var eightServers: OptimizationFixture {
        let sizes = [2, 4, 8, 12, 20, 40]
        return OptimizationFixture(agents: sizes) { window, _ in
            let size = Int64(sizes[window.stage])
            var tally = WindowTally()
            var gap = GapBreakdown()
            gap.gaps = 1
            gap.targetMicros = max(50_000, size * 6_250)
            gap.gapMicros = gap.partsMicros
            tally.record(gap, goal: "buy", route: "GET /api/fast")
            window.series = tally.cut().series
            window.counters[.actions(.successful)] = min(size * 10, 80)
        }
    }

    private func law(_ fixture: OptimizationFixture) throws -> JSONValue {
        try #require(OptimizationReport(fixture.report).json["scaling_law"])
    }

    private func value(_ json: JSONValue?, _ path: String...) throws -> Double {
        try #require(path.reduce(json) { $0?[$1] }?.number, "\(path)")
    }

    @Test func aQueueHasItsFiguresWithIntervals() throws {
        let law = try law(Self.eightServers)
        #expect(law["fitted"] == true && law["law"] == "queue" && law["reason"] == .null)
        #expect(law["sigma"] == .null && law["kappa"] == .null && law["peak_agents"] == .null)
        let figures = [
            (["queue", "max_throughput_per_second"], 160.0), (["queue", "knee_agents"], 8),
            (["queue", "cycle_seconds"], 0.05), (["queue", "service", "servers"], 8),
            (["queue", "service", "seconds"], 0.05), (["lambda"], 20),
        ]
        for (path, truth) in figures {
            let figure = path.reduce(Optional(law)) { $0?[$1] }
            #expect(try abs(value(figure, "value") / truth - 1) < 0.01, "\(path)")
            #expect(try value(figure, "confidence_interval_95", "low") <= truth * 1.0001, "\(path)")
            #expect(try value(figure, "confidence_interval_95", "high") >= truth * 0.9999, "\(path)")
        }
        #expect(law["queue"]?["service"]?["parts"] == ["target"])
        #expect(law["grown_part"]?["part"] == "target")
        #expect(try abs(value(law, "grown_part", "largest_stage_seconds", "value") - 0.25) < 1e-9)
        #expect(try abs(value(law, "peak_throughput_per_second") - 160) < 1)
        #expect(try value(law, "reach_agents") == 80)
        #expect(law["mtba_limit"]?["key"] == "mtba_threshold" && law["mtba_limit"]?["agents"] == .null)
        let compared = try #require(law["compared"]?.array)
        #expect(compared.map { $0["law"] } == ["contention", "queue"])
        #expect(compared.map { $0["fits"] } == [false, true])
    }

    @Test func aQueueIsToldInWords() {
        let text = OptimizationText(OptimizationReport(Self.eightServers.report), width: 2_000).text
        #expect(text.contains("At most 160.0 (95 %: "), "\(text)")
        #expect(text.contains("actions a second are done by about 8.0 (95 %: "))
        #expect(text.contains("agents reach that, and more only wait."))
        #expect(text.contains("MTBA stays below 1.000 s up to 80 agents, as far as the law reaches."))
        #expect(!text.contains("oherency") && !text.contains("locks"))
    }

    @Test func theReasonWhyNoneFitsIsInEveryFormat() throws {
        let sizes = [2, 4, 8, 16, 32]
        let fixture = OptimizationFixture(agents: sizes) { window, _ in
            window.counters[.actions(.successful)] = [40, 20, 12, 25, 60][window.stage]
        }
        let law = try law(fixture)
        #expect(law["fitted"] == false && law["law"] == .null)
        let reason = try #require(law["reason"]?.string)
        #expect(reason.hasPrefix("None fits: contention misses stage s"), "\(reason)")
        #expect(try #require(law["compared"]?.array).count == 2)
        let text = OptimizationText(OptimizationReport(fixture.report), width: 2_000).text
        #expect(text.contains("Scaling law: not fitted. None fits:"))
        #expect(HTMLReport(ReportFixture.withTimelines(fixture.report)).text.contains("None fits: contention misses"))
    }
}
