import ApeCore
import ApeMetrics
@testable import ApeReport
import ApeRun
import Testing

/// A kept session drawn on a time axis.
@Suite struct TraceTextTests {
    private static func text(_ exemplar: ExemplarSession, width: Int, isColoured: Bool = false) -> [String] {
        TraceText(TraceWaterfall(exemplar, worker: "alpha"), width: width, isColoured: isColoured).text
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private static var failed: ExemplarSession {
        var exemplar = OTLPEncodingTests.failed
        exemplar.session.stepsLeftOut = 0
        return exemplar
    }

    @Test func itIsDrawnToScale() {
        let lines = Self.text(Self.failed, width: 80)
        #expect(lines[0] == "buy: failed (target_5xx) after 900 ms")
        #expect(lines[1] == "the target answered 503")
        #expect(
            lines[5...8] == [
                "      at     took  step                           answer  0               900 ms",
                "    0 µs   300 ms  decision ~812→41 (512 cached)  ok      ░░▓▓▓▓▓",
                "  300 ms  10.0 ms  wait                                          ·",
                "  310 ms   590 ms  POST /api/orders               503 ×3         ███████████████",
            ]
        )
        #expect(lines.contains("The check paid did not hold: the status is 503"))
    }

    @Test(arguments: [1, 60, 61, 79, 100, 160, 400])
    func noLineIsWiderThanTheTerminal(width: Int) {
        var exemplar = Self.failed
        exemplar.session.goal = String(repeating: "goal ", count: 100)
        exemplar.message = String(repeating: "word ", count: 200)
        exemplar.session.steps[1].what = "POST /" + String(repeating: "segment/", count: 40)
        exemplar.session.steps[1].error = String(repeating: "e", count: 200)
        let lines = Self.text(exemplar, width: width)
        #expect((lines.map(\.count).max() ?? 0) <= min(160, max(60, width)))
        #expect(lines.allSatisfy { !$0.hasSuffix(" ") || $0.hasSuffix("  ") == false })
    }

    @Test func hostileTextIsWords() {
        var exemplar = Self.failed
        exemplar.session.goal = "\u{1B}[31mred\nnext"
        exemplar.session.steps[0].what = "GET /\u{1B}]0;title\u{7}"
        exemplar.traceID = "\u{202E}abc"
        for line in Self.text(exemplar, width: 80) {
            #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E && $0.value != 0x7F })
        }
    }

    @Test func whatIsOutOfBoundsStaysWithinTheBar() {
        var exemplar = Self.failed
        exemplar.session.durationMicros = 0
        exemplar.session.steps = [
            .init(offsetMicros: Int64.max, durationMicros: Int64.max, what: "decision"),
            .init(offsetMicros: 0, durationMicros: 0, what: "GET /"),
        ]
        let lines = Self.text(exemplar, width: 60)
        #expect((lines.map(\.count).max() ?? 0) <= 60)
        exemplar.session.steps = []
        #expect(Self.text(exemplar, width: 60).count > 4)
    }

    @Test func stepsThatWereNotKeptAreTold() {
        var exemplar = Self.failed
        exemplar.session.durationMicros = 1_000_000
        exemplar.session.steps = (0..<64).map { place in
            .init(
                offsetMicros: place < 32 ? place * 1_000 : 900_000 + place * 1_000,
                durationMicros: 1_000,
                what: "GET /"
            )
        }
        exemplar.session.stepsLeftOut = 868
        let rows = TraceWaterfall(exemplar, worker: "alpha").rows
        #expect(rows.count == 65 && rows[32].kind == .leftOut && rows[32].label == "868 steps left out")
        #expect(rows[32].offsetMicros == 32_000 && rows[32].durationMicros == 900_000)
    }

    @Test func colourIsLeftOutWhereItIsNotWanted() {
        #expect(!Self.text(Self.failed, width: 80).joined().contains("\u{1B}"))
        let coloured = Self.text(Self.failed, width: 80, isColoured: true)
        #expect(coloured[0].hasPrefix("\u{1B}[31mbuy"))
    }
}
