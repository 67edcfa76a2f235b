import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun
import Testing

@testable import ApeReport

struct LiveDashboardTests {
    private static let hostile =
        "\u{1B}[31m\u{1B}]0;x\u{7}\r\n\u{202E}漢字か\u{301}\u{301}👩‍🚀⚠\u{FE0F}::set x::##vso[y]\u{9B}2J"

    /// Each field at its worst.
    private static var worst: LiveRun {
        var live = LiveFixture.full
        let name = String(repeating: hostile, count: 20).cut(to: 100)
        let sentence = String(repeating: hostile, count: 20).cut(to: 500)
        live.run = name
        live.scenario = name
        live.elapsedSeconds = .max
        live.plan.stages = (0..<64).map { .init(name: "\($0)\(name)", agents: .max, seconds: .max, status: nil) }
        live.plan.current = 40
        live.plan.count = 64
        live.left = LiveRun.TimeLeft(phase: .max, stage: .max, run: .max)
        live.agents = LiveRun.Agents(target: .max, assigned: .max, active: .max, stalled: .max, waiting: .max)
        live.fleet = LiveRun.Fleet(expected: .max, connected: .max, silent: .max, lost: .max)
        live.workers = (0..<100).map {
            .init(
                name: "\($0)\(name)",
                link: WorkerStanding.allCases[$0 % 4],
                assigned: .max,
                active: .max,
                cpuPercent: .greatestFiniteMagnitude,
                lagSeconds: .greatestFiniteMagnitude
            )
        }
        live.furtherWorkers = 900
        let most = Double.greatestFiniteMagnitude
        live.mtba = LiveRun.Latency(now: most, mean: most, p95: most, target: most, recent: [most, 0, nil, most])
        live.ttft = LiveRun.Latency(now: most, mean: most, p95: most, target: most, recent: [nil])
        live.thresholds = (0..<50).map { _ in
            .init(name: sentence, title: sentence, measured: name, limit: name, status: .fail)
        }
        live.targets = live.thresholds
        live.sessions = LiveRun.Sessions(
            completed: .max,
            good: .max,
            goodPercent: most,
            failed: Party.allCases.map { .init(party: $0, count: .max, percent: most) }
        )
        live.actionsPerSecond = .max
        live.decisionsPerSecond = .max
        live.silentSeconds = .max
        live.tokens = LiveRun.Tokens(input: .max, output: .max, isEstimated: true)
        live.cost = most
        live.budget = most
        live.arrivals = .init(askedPerSecond: most, reachedPerSecond: most, latePercent: most, latenessSeconds: most)
        live.tries = (0..<60).map { _ in .init(level: name, status: .fail, bound: sentence, value: name, limit: name) }
        live.events = (0..<8).map { _ in .init(time: name, level: .error, message: sentence) }
        return live
    }

    private static var paused: LiveRun {
        var live = worst
        live.isPaused = true
        live.plan.isSearch = true
        live.phase = .drain
        return live
    }

    private static let moments = [LiveFixture.full, LiveFixture.empty, worst, paused]

    @Test(arguments: [0, 1, 2, 3])
    func fitsWhateverTheSize(moment: Int) {
        let live = Self.moments[moment]
        // Every width with a low and a high window, every height with a narrow and a wide one.
        let widths = (1...200).flatMap { [($0, 15), ($0, 40)] }
        let heights = (1...60).flatMap { [(60, $0), (116, $0)] }
        let sizes =
            moment == 0
            ? widths + heights : (widths + heights).enumerated().filter { $0.offset % 7 == 0 }.map(\.element)
        for (columns, rows) in sizes {
            let plain = LiveDashboard(live, columns: columns, rows: rows, isColoured: false).lines
            #expect(plain.count <= rows, "\(columns)x\(rows)")
            for line in plain.map(\.string) {
                #expect(CellText.width(line) <= columns, "\(columns)x\(rows): \(line)")
                #expect(line.unicodeScalars.allSatisfy { PlainText.isWord($0) }, "\(columns)x\(rows): \(line)")
            }
        }
    }

    @Test func coloursChangeNothingElse() {
        for live in Self.moments {
            let plain = LiveDashboard(live, columns: 100, rows: 40, isColoured: false).lines.map(\.string)
            let coloured = LiveDashboard(live, columns: 100, rows: 40, isColoured: true).lines.map(\.string)
            let bare = coloured.map { line in
                TerminalStyle.allCases.map { "\u{1B}[\($0.rawValue)m" }.reduce(line) { $0.replacing($1, with: "") }
                    .replacing("\u{1B}[0m", with: "")
            }
            #expect(bare == plain)
        }
    }

    @Test func keepsWhatMattersInASmallWindow() {
        let text = LiveDashboard(LiveFixture.full, columns: 60, rows: 15, isColoured: false).lines.map(\.string)
            .joined(separator: "\n")
        for words in [
            "hold", "medium", "run 32:00", "97/100 active", "3 stalled", "MTBA", "0.498 s", "PASS", "TTFT", "2.204 s",
            "FAIL", "target 100", "worker-3", "silent", "1 FAIL",
        ] {
            #expect(text.contains(words), "\(words) in\n\(text)")
        }
    }

    @Test func showsADashWhereNothingWasMeasured() {
        let lines = LiveDashboard(LiveFixture.empty, columns: 80, rows: 24, isColoured: false).lines.map(\.string)
        #expect(lines.first { $0.hasPrefix("MTBA") } == "MTBA       now       -  mean       -  p95       -  -")
        #expect(lines.first { $0.hasPrefix("Agents") } == "Agents     -")
        #expect(lines.first { $0.hasPrefix("Rates") } == "Rates            - actions/s")
        #expect(!lines.contains { $0.contains("0 s") })
    }

    @Test func saysForHowLongNothingHasComeBack() {
        var live = LiveFixture.full
        live.silentSeconds = 12
        live.agents = LiveRun.Agents(target: 100_000, assigned: 100_000, active: 99_999, stalled: 99_999, waiting: 0)
        let lines = LiveDashboard(live, columns: 60, rows: 15, isColoured: false).lines.map(\.string)
        #expect(lines.contains { $0.hasPrefix("Agents") && $0.hasSuffix("no answer for 12 s") })
    }

    @Test func columnsStandStill() {
        var later = LiveFixture.full
        later.mtba = LiveRun.Latency(now: 123.4, mean: 10.02, p95: 1_204, target: 1, recent: later.mtba.recent)
        later.actionsPerSecond = 9
        let frames = [LiveFixture.full, later].map {
            LiveDashboard($0, columns: 80, rows: 24, isColoured: false).lines.map(\.string)
        }
        for label in ["MTBA", "Rates"] {
            let lines = frames.compactMap { $0.first { $0.hasPrefix(label) } }
            let words = label == "MTBA" ? ["mean", "p95", "< 1.0 s"] : ["actions/s", "decisions/s"]
            for word in words {
                let offsets = lines.map { line in
                    line.ranges(of: word).first.map { line.distance(from: line.startIndex, to: $0.lowerBound) }
                }
                #expect(offsets[0] == offsets[1] && offsets[0] != nil, "\(word)")
            }
        }
    }

    @Test func isOneCutLineWhereThereIsNoRoom() {
        let lines = LiveDashboard(LiveFixture.full, columns: 40, rows: 24, isColoured: false).lines.map(\.string)
        #expect(lines == ["[3/5] medium  hold 25s  97/100 agents  …"])
    }
}

struct CellTextTests {
    @Test(
        arguments: [
            ("plain", 5), ("漢字", 4), ("e\u{301}", 1), ("한글", 4), ("👍", 2), ("ｱｲ", 2), ("Ａ", 2), ("█░▁", 3), ("ไม่", 2),
        ]
    )
    func countsCells(text: String, cells: Int) {
        #expect(CellText.width(text) == cells)
    }

    @Test func cutsBetweenSigns() {
        #expect(CellText.cut("漢字漢字", to: 5) == "漢字…")
        #expect(CellText.cut("漢字漢字", to: 4) == "漢…")
        #expect(CellText.cut("abc", to: 3) == "abc")
        #expect(CellText.cut("abc", to: 0) == "")
    }

    @Test func leavesNoCommandWhateverStandsBeside() {
        #expect(CellText.words("::error::x") == ": :error: :x")
        #expect(CellText.words(":::") == ": : :")
        #expect(CellText.words("##[x]") == "# #[x]")
    }
}
