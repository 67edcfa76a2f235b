import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun
import Testing

@testable import ApeReport

/// One and the same text as every word of others that a run holds, through every format.
@Suite struct ForeignTextTests {
    /// It wants to be a line, a command, an escape sequence, markup, a formula and the end of a field.
    static let hostile =
        "=x\r\n::error title=a::b\n\u{1B}[2J\u{9B}31m\u{202E}\u{200B}\u{2028}##vso[task.complete]\u{0}\u{7}<b>\u{301}|`\u{301}\",'"
    /// The same as words.
    static let harmless = PlainText.line(hostile)

    /// A format and what it makes of a report.
    private struct Format: Sendable {
        var name: String
        var text: @Sendable (RunReport) -> String

        init(_ name: String, _ text: @escaping @Sendable (RunReport) -> String) {
            self.name = name
            self.text = text
        }
    }

    private static let formats: [Format] =
        [ReportFormat.json, .html, .junit, .markdown, .csv, .gitlabMetrics, .badge, .chat].flatMap { format in
            format.parts.map { Format(format.title + ($0.name ?? ""), $0.text) }
        } + [
            Format("terminal") { TerminalText(document: VerdictTable($0, width: 100_000).text).string },
            Format("terminal, coloured") { VerdictTable($0, width: 100_000, isColoured: true).text },
            Format("optimization") { OptimizationText(OptimizationReport($0), width: 100_000).text },
            Format("optimization, JSON") { OptimizationReport($0).json.plain.prettyText },
            Format("comparison") {
                ComparisonTable(RunComparison(base: $0.comparable, run: $0.comparable), width: 100_000).text
            },
        ]

    @Test(arguments: formats.indices)
    func noFormatPutsAnythingButWordsOnALine(index: Int) {
        let (name, text) = (Self.formats[index].name, Self.formats[index].text)
        let shown = text(Self.report(of: Self.hostile))
        // Seconds have no word of others but their stage's.
        #expect(shown.contains("vso[task.complete]") || name == "CSVseconds.csv", "\(name) shows nothing of it")
        let plain = text(Self.report(of: Self.harmless))
        let lines = shown.replacing("\r\n", with: "\n").unicodeScalars.split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        #expect(lines.count == plain.utf8.count { $0 == 0x0A } + 1, "\(name) has other lines")
        for line in lines {
            let text = String(line).replacing(/\u{1B}\[[0-9]+m/, with: "")
            #expect(text.unicodeScalars.allSatisfy(PlainText.isWord), "\(name): \(text.debugDescription)")
            #expect(!text.contains("##vso[") && !text.drop { $0 == " " }.hasPrefix("::"), "\(name): \(text)")
        }
    }

    /// Each is one command, and nothing of others ends it or begins another.
    @Test func annotationsAreOneCommandALine() {
        var report = Self.report(of: Self.hostile)
        report.places = ScenarioPlaces(file: Self.hostile)
        let lines = TerminalText(GitHubAnnotations(report).commands).string.split(separator: "\n")
        #expect(lines.count == GitHubAnnotations(report).commands.count && lines.count > 2)
        for line in lines {
            let command = line.wholeMatch(
                of: /::(error|warning) file=([^,:]+),line=1,title=([^,:]+)::(.*)/.ignoresCase()
            )
            #expect(command != nil, "\(line)")
            #expect(String(line).unicodeScalars.allSatisfy(PlainText.isWord))
            #expect(!line.dropFirst(2).contains("::error") && !line.contains("##vso["))
            #expect(!line.replacing(/%(25|3A|2C)/, with: "").contains("%"))
        }
    }

    @Test func jsonIsPlainOnceItIsRead() throws {
        func check(_ value: JSONValue) {
            switch value {
            case .string(let text): #expect(PlainText.line(text) == text)
            case .array(let elements): elements.forEach(check)
            case .object(let members): for member in members { check(.array([.string(member.key), member.value])) }
            default: break
            }
        }
        for format in Self.formats where format.name == "Report" || format.name == "optimization, JSON" {
            check(try JSONValue(parsing: format.text(Self.report(of: Self.hostile))))
        }
    }

    @Test func markupIsEscapedByScalars() {
        #expect("<\u{301}b>@\u{301}x `|".markdown == "&lt;\u{301}b&gt;@<!-- -->\u{301}x \\`\\|")
        #expect(
            "see https://evil.example or www.evil.example".markdown
                == "see https\\://evil.example or www\\.evil.example"
        )
        #expect("- x".markdown == "\\- x" && "a - b".markdown == "a - b" && "1.5 s".markdown == "1.5 s")
        #expect("`\u{301}a|b\r\nc".codeSpan == "'\u{301}a\\|b c")
        #expect(XMLText.escaped("<\u{301}a&\"'>\n\u{1}") == "&lt;\u{301}a&amp;&quot;&apos;&gt; \u{FFFD}")
    }

    /// A report in which every name and message of others is `text`.
    private static func report(of text: String) -> RunReport {
        let start: Int64 = 1_700_000_000_000_000
        let stage = Stage(name: text, agents: 10, rampMicros: 1_000_000, warmupMicros: 1_000_000, holdMicros: 5_000_000)
        let threshold = try? Threshold("count(sessions_failed{goal=\(text)}) < 1")
        var ledger = RunLedger(plan: Plan(stages: [stage]), thresholds: [threshold].compactMap(\.self))
        ledger.workerKnown(
            WorkerFacts(id: text, name: text, version: text, labels: [text: text, "host": text], cpus: 4)
        )
        ledger.books.grant(text, atMicros: start)
        let timeline = StageTimeline(stage: 0, of: ledger.plan, start: FleetTime(micros: start))
        ledger.stageStarted(timeline)
        for second in 0..<6 { ledger.add(worker: text, window: window(text, second, start), receivedMicros: start) }
        ledger.add(
            event: FleetEvent(
                at: FleetTime(micros: start),
                level: .error,
                code: text,
                message: text,
                worker: text,
                traceID: text
            )
        )
        for second in 2..<5 as Range<Int64> {
            let at = FleetTime(micros: start + second * 1_000_000)
            var sample = ServerSample(server: text, at: at, everyMicros: 1_000_000, party: .target)
            sample.figures = second == 2 ? [ServerFigure(text, .gauge, 1)] : []
            (sample.absent, sample.failure) = ([text], second == 2 ? nil : text)
            ledger.add(sample)
        }
        let step = SessionTrace.Step(offsetMicros: 0, durationMicros: 1, what: text, error: text)
        ledger.exemplars.add(
            ExemplarSession(
                reason: text,
                message: text,
                worker: text,
                traceID: text,
                session: SessionTrace(
                    goal: text,
                    durationMicros: 1,
                    failedCheck: .init(name: text, reason: text),
                    steps: [step]
                )
            )
        )
        let outcome = RunOutcome.fleetFailed(FleetFailure(.refused, ApeError(.fleet, text)))
        let run = RunDescription(
            id: text,
            scenarioName: text,
            seed: 1,
            startMicros: start,
            endMicros: start + 7_000_000,
            apeVersion: text,
            subject: .init(isDemo: false, targets: [text], inferenceURL: text, model: text)
        )
        let verdict = RunVerdict(judging: ledger, rules: JudgingRules(), outcome: outcome)
        var report = RunReport(
            run: run,
            ledger: ledger,
            verdict: verdict,
            environment: ["coordinator_host": .string(text)]
        )
        report.isComprehensive = true
        return report
    }

    private static func window(_ text: String, _ second: Int, _ start: Int64) -> Window {
        var window = Window(
            run: text,
            seq: Int64(second),
            stage: 0,
            revision: 1,
            phase: second < 2 ? .ramp : .hold,
            startMicros: start + Int64(second) * 1_000_000,
            endMicros: start + Int64(second + 1) * 1_000_000,
            assigned: 10,
            active: 10
        )
        window.record(.target(route: text), 1_000)
        let reason = FailureReason(rawValue: text)
        window.counters = [
            .sessionsFailed(reason): 5, .decisionErrors(AttemptFault(rawValue: text)): 5,
            CounterFamily.goalSessionsFailed[text]: 5, CounterFamily.routeErrors[text]: 5,
            CounterFamily.routeRequests[text]: 5, CounterFamily.connectionsOpened[text]: 5,
        ]
        return window
    }
}
