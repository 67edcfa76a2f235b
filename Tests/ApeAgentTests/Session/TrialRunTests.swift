import ApeCore
import ApeTransfer
import Synchronization
import Testing
import TransportKit

@testable import ApeAgent

@Suite struct TrialRunTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        var log: @Sendable (String) -> Void { { line in self.lines.withLock { $0.append(line) } } }
    }

    private func trial(_ status: Int, _ body: String) async throws -> (TrialRun.Outcome, [String]) {
        let scenario = try Scenario.read(
            Array(
                """
                name: s
                targets: {t: "http://t"}
                goals:
                  g: {script: [POST /a: {body: {user: me}}], success: [{answer: POST /a, json: {$.ok: true}}]}
                """.utf8
            ),
            file: "s.yml"
        ) { (_: String) throws(ApeError) -> [UInt8] in [] }.scenario
        let lines = Lines()
        let log = TrialLog(bytes: 60, write: lines.log)
        let outcome = await TrialRun.run(
            try PreparedScenario(scenario, run: "r", seed: 0, apiKey: nil, gate: nil) { log.show($0, $1) },
            agent: 0,
            on: FakeTransport { (_, _) throws(TransferError) in .json(status, body) },
            log: log
        )
        return (outcome, lines.all)
    }

    @Test func everyExchangeIsTold() async throws {
        let (outcome, lines) = try await trial(200, #"{"ok": true}"#)
        #expect(outcome == .proven)
        #expect(lines.first == "POST http://t/a")
        #expect(lines.contains(#"  sent      {"user":"me"}"#))
        #expect(lines.contains { $0.hasPrefix("  answered  200  application/json  12 bytes in ") })
        #expect(lines.contains(#"  body      {"ok": true}"#))
    }

    @Test func whatAScriptCapturesIsTold() async throws {
        let (_, lines) = try await trial(200, #"{"ok": true, "order": {"id": 17}, "csrf_token": "abcdefgh"}"#)
        #expect(lines.contains("  captured  {{order_id}} = 17; {{csrf_token}}"), "\(lines)")
    }

    @Test func aFailureIsToldWithTheAnswerThatShowsIt() async throws {
        let (outcome, lines) = try await trial(200, #"{"ok": false, "why": "wrong password"}"#)
        guard case .failed(let reason, _) = outcome else { throw ApeError(.json, "it did not fail") }
        #expect(reason == "target_wrong_answer")
        #expect(lines.contains { $0.contains("wrong password") })
    }

    @Test func whatATargetSendsIsNoCommandToTheTerminal() {
        let hostile = Array("a\u{1B}[2J\u{7}\u{9B}31m\n\n   b\u{0}\u{85}c".utf8) + [0xFF]
        #expect(LoggingTransport.text(hostile, limit: 100) == "a[2J31m b c\u{FFFD}")
        #expect(LoggingTransport.text(Array(repeating: 0x61, count: 1000), limit: 10) == "aaaaaaaaaa …")
    }
}
