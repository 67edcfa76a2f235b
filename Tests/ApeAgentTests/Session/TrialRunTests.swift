import ApeCore
import ApeScenario
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
        let lines = Lines()
        let log = TrialLog(bytes: 20, write: lines.log)
        log.line("body", String(decoding: hostile, as: UTF8.self))
        log.line("body", String(repeating: "a", count: 1000))
        log.line("  answered 200  text/html\u{1B}[1m\r\n::error::x")
        #expect(
            lines.all == [
                "  body      a\u{FFFD}[2J\u{FFFD}\u{FFFD}31m b\u{FFFD} …", "  body      aaaaaaaaaaaaaaaaaaaa …",
                "  answered 200  text/html\u{FFFD}[1m : :error::x",
            ]
        )
    }

    @Test func whatProvesWhoAsksIsHiddenOnceItWasSent() throws {
        let lines = Lines()
        let log = TrialLog(bytes: 500, write: lines.log)
        var request = TransferRequest(url: "http://me:hunter22@t/a")
        request.headers = [("Authorization", "Bearer abcdefghijklmnop"), ("Accept", "text/html")]
        log.learn(request)
        log.line("GET \(request.url)")
        var answer = TransferResponse(
            status: 200,
            headers: TransferHeaders([
                (name: "Set-Cookie", value: "sid=0123456789abcdefgh; Domain=shop.example.com; HttpOnly"),
                (name: "Set-Cookie", value: "csrf=tok12345; Path=/"),
            ])
        )
        answer.body = Array(#"{"user": {"access_token": "eyJhbGciOi"}, "author": "Jane Austen", "page": 1}"#.utf8)
        log.learn(answer)
        log.line(
            "body",
            "you sent abcdefghijklmnop to shop.example.com, sid=0123456789abcdefgh, csrf=tok12345, text/html"
        )
        log.line("body", String(decoding: answer.body, as: UTF8.self))
        #expect(
            lines.all == [
                "GET http://***@t/a",
                "  body      you sent *** to shop.example.com, sid=***, csrf=***, text/html",
                #"  body      {"user": {"access_token": "***"}, "author": "Jane Austen", "page": 1}"#,
            ]
        )
    }
}
