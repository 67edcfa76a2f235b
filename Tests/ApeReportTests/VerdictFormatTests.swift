import ApeCore
import ApeMetrics
import ApeRun
import Glibc
import Testing

@testable import ApeReport

@Suite("Verdicts for those who read them elsewhere")
struct VerdictFormatTests {
    /// Gaps of 3 s in the stage of 1,000 agents; no worker's host has CPU to spare.
    private static func failed() -> RunReport {
        var report = ReportFixture.report { window, _ in
            window.host.cpuPercent = 97
            guard window.stage == 1 else { return true }
            window.series[.gap] = nil
            for _ in 0..<5 { window.record(.gap, 3_000_000) }
            return true
        }
        var places = ScenarioPlaces(file: "ci/ape.yml")
        places.kpiTargets = [.mtbaHighLoad: 12]
        report.places = places
        return report
    }

    @Test func whatFailedIsAnnotatedAtItsLine() throws {
        let commands = GitHubAnnotations(Self.failed()).commands
        let mtba = try #require(commands.first)
        #expect(mtba.level == .error && mtba.file == "ci/ape.yml" && mtba.line == 12)
        #expect(mtba.title == "APE: mtba_high_load FAIL")
        #expect(
            mtba.message.hasPrefix(
                "Mean time between actions, stages of 500 agents and more: 3.000 s, target < 1.5 seconds. Mean of "
            )
        )
        // Not critical: it does not fail the run, and has no line of its own.
        let cpu = try #require(commands.first { $0.title == "APE: system_cpu_efficiency FAIL" })
        #expect(cpu.level == .warning && cpu.line == 1)
        #expect(!commands.contains { $0.title.contains("agent_startup_time") })
    }

    @Test func withoutAFileThereIsNoLine() {
        var report = Self.failed()
        report.places = nil
        #expect(GitHubAnnotations(report).commands.allSatisfy { $0.file == nil && $0.line == nil })
        #expect(
            GitHubAnnotations(report).commands.first?.text.hasPrefix("::error title=APE%3A mtba_high_load FAIL::")
                == true
        )
    }

    @Test func aPassedRunHasNothingToSay() {
        #expect(GitHubAnnotations(ReportFixture.report()).commands.allSatisfy { $0.title.hasPrefix("APE: goal ") })
    }

    @Test func whatIsOpenIsAWarning() throws {
        let report = ReportFixture.report(outcome: .interrupted) { window, _ in window.stage == 0 }
        let commands = GitHubAnnotations(report).commands
        #expect(commands.first?.title == "APE: INTERRUPTED")
        #expect(commands.allSatisfy { $0.level == .warning })
        #expect(commands.contains { $0.title == "APE: mtba_high_load INCONCLUSIVE" })
    }

    @Test func aSuspendedRunSaysThatItGoesOn() {
        let report = ReportFixture.report(outcome: .suspended) { window, _ in window.stage == 0 }
        #expect(report.exitCode == .suspended && report.exitCode.rawValue == 143)
        #expect(report.exitSentence.hasPrefix("Exit code 143: the run is suspended, and goes on with --resume"))
        #expect(GitHubAnnotations(report).commands.first?.title == "APE: SUSPENDED")
        #expect(VerdictTable(report).text.contains("\nThe run is suspended, and goes on with --resume: "))
    }

    /// GitHub drops what comes after the tenth of a step: the tenth says so.
    @Test func atMostTenOfALevel() throws {
        let outcome = RunOutcome.fleetFailed(FleetFailure("All were lost."))
        let report = ReportFixture.report(agents: (1...14).map { $0 * 10 }, outcome: outcome)
        let lost = ReportFixture.report(agents: (1...14).map { $0 * 10 }) { window, _ in
            window.stage > 0 && window.phase == .ramp
        }
        let warnings = GitHubAnnotations(lost).commands.filter { $0.level == .warning }
        #expect(warnings.count == 10)
        #expect(warnings.last?.message.contains(/And [0-9]+ more: see the report\./) == true)
        let error = try #require(GitHubAnnotations(report).commands.first)
        #expect(error.level == .error && error.title == "APE: FLEET FAILED" && error.message == "All were lost.")
    }

    /// As GitLab reads it: a comment is from the first number sign on, the rest is words as a shell splits them.
    @Test func gitLabFindsANameAndAValueOnEachLine() {
        let text = GitLabMetrics(Self.failed()).text
        #expect(text.hasSuffix("# EOF\n"))
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.first == "ape_exit_code 1")
        #expect(lines.contains("ape_mtba_high_load_seconds 3.000"))
        #expect(lines.contains("ape_stage_mtba_seconds{stage=\"scaling_10\",agents=\"10\"} 0.520"))
        #expect(lines.contains("ape_conditions{status=\"FAIL\"} 2"))
        for line in lines {
            #expect(line.wholeMatch(of: /[a-z_]+(\{([a-z]+="[^"#]*",?)+\})? -?[0-9.]+/) != nil, "\(line)")
        }
    }

    @Test func whatWasNotMeasuredHasNoLine() {
        let text = GitLabMetrics(ReportFixture.report(agents: [10])).text
        #expect(!text.contains("ape_mtba_high_load_seconds"))
        #expect(text.contains("# UNIT ape_mtba_threshold_seconds seconds\n"))
    }

    @Test func aChatHasOneLine() {
        let chat = ChatLine(Self.failed()).text
        #expect(
            chat == "FAIL shop: 6 of 8 targets, mtba_high_load 3.000 s (target 1.5 s), "
                + "system_cpu_efficiency 97.0 % (target 80 %), 1,000 agents, run run-1\n"
        )
        #expect(ChatLine(ReportFixture.report()).text == "PASS shop: 8 of 8 targets, 1,000 agents, run run-1\n")
        var report = ReportFixture.report(agents: [2])
        report.run.scenarioName = "<!channel> @here <http://x|y>"
        #expect(ChatLine(report).text.hasPrefix("PASS ‹!channel› ＠here ‹http://x|y›: 6 of 6 targets, 2 agents, run"))
    }

    @Test func aBadgeSaysWhatPassed() throws {
        let badge = Badge(Self.failed())
        #expect(badge.words == "FAIL 6/8" && Badge(ReportFixture.report(agents: [10])).words == "PASS 6/6")
        let svg = badge.text
        #expect(svg.contains("<title>APE shop: FAIL, passed 6 of 8 targets</title>"))
        #expect(svg.contains("fill=\"\(Badge.colour(.fail))\""))
        #expect(!svg.contains("http", after: "xmlns=\"http://www.w3.org/2000/svg\""))
        #expect(svg.split(separator: "<svg").count == 1 && svg.hasSuffix("</svg>\n"))
        // DejaVu Sans: F 1178, A 1401, I 604, L 1141, a space 651, 6 and 8 1303 each, / 690, of 2048.
        #expect(Badge.width("FAIL 6/8") == 44.4)
    }

    /// Conditions of the user's own stand beside the targets everywhere.
    @Test func thresholdsAreToldToo() throws {
        var slow = try Threshold("p95(target{route=POST /api/orders}) < 100ms")
        slow.place = DocumentLocation(line: 21, column: 5)
        var report = ReportFixture.report(thresholds: [slow, try Threshold("mean(ttft) < 2s")])
        report.places = ScenarioPlaces(file: "ape.yml")
        let error = try #require(GitHubAnnotations(report).commands.first)
        #expect(error.level == .error && error.line == 21 && error.file == "ape.yml")
        #expect(error.title == "APE: p95(target{route=POST /api/orders}) < 100ms FAIL")
        #expect(
            error.text.hasPrefix(
                "::error file=ape.yml,line=21,title=APE%3A p95(target{route=POST /api/orders}) < 100ms"
            )
        )
        #expect(error.message.contains("0.200 s, limit < 0.100 s."))
        #expect(
            ChatLine(report).text
                == "FAIL shop: 8 of 8 targets, 1 of 2 thresholds, p95(target{route=POST /api/orders}) "
                + "0.200 s (limit 0.100 s), 1,000 agents, run run-1\n"
        )
        #expect(Badge(report).words == "FAIL 9/10")
        let metrics = GitLabMetrics(report).text
        #expect(metrics.contains("ape_threshold{condition=\"mean(ttft) < 2s\",unit=\"seconds\"} 0.270\n"))
        #expect(metrics.contains("ape_conditions{status=\"FAIL\"} 1\n"))
    }

    /// White on each ground (WCAG 2.2, success criterion 1.4.3).
    @Test(arguments: Verdict.Status.allCases.map(Badge.colour) + [Badge.labelColour])
    func badgesCanBeRead(colour: String) {
        let parts = [1, 3, 5].map { place -> Double in
            let value = Double(Int(colour.dropFirst(place).prefix(2), radix: 16) ?? 0) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        let luminance = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
        #expect(1.05 / (luminance + 0.05) >= 4.5)
    }
}

extension String {
    fileprivate func contains(_ word: String, after start: String) -> Bool {
        firstRange(of: start).map { self[$0.upperBound...].contains(word) } ?? false
    }
}
