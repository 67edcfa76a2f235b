import ApeCore
import ApeTransfer

@testable import ApeAgent
@testable import ApeInference

/// An answer of a target or an endpoint: a status, headers, an empty line, a body.
struct FuzzedAnswer {
    private let response: TransferResponse

    init(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let status = lines.first.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 200
        let head = lines.dropFirst().prefix { !$0.isEmpty }
        let headers = head.map { line in
            let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1).map {
                String(decoding: $0, as: UTF8.self)
            }
            return (name: parts.first ?? "", value: parts.count > 1 ? parts[1] : "")
        }
        let body = lines.dropFirst(head.count + 2).joined(separator: [UInt8(ascii: "\n")])
        var response = TransferResponse(
            status: status,
            headers: TransferHeaders(Array(headers)),
            body: Array(body),
            url: "http://127.0.0.1/a?b#c"
        )
        response.isStream = response.header("content-type")?.contains("event-stream") ?? false
        response.truncated = status % 2 == 1
        self.response = response
    }

    /// Waits and limits that an answer asks for are never below 0.
    func check() throws(BrokenProperty) {
        var state = SessionState()
        var answer = TargetAnswer(target: 0, method: "GET", path: "/a", response: response)
        answer.earlier = [answer]
        _ = state.take(&answer, captures: Self.captures)
        for check in Self.checks { _ = check.failure(of: &answer, state: state) }
        let wait = RetryAfter.micros(of: response, wallSeconds: 1_700_000_000) ?? 0
        var random = SeededRandom(seed: 1)
        let policy = RetryPolicy(Scenario.Limits(), retries: 3)
        let waited = policy.wait(after: 1, retryAfterMicros: wait, remainingMicros: .max, random: &random) ?? 0
        guard wait >= 0, waited >= 0 else { throw BrokenProperty("a wait below 0: \(wait), \(waited)") }
        let governor = RateGovernor()
        governor.learn(from: response)
        for _ in 0..<3 where governor.reserve(at: 5) < 0 { throw BrokenProperty("a turn that is over") }
        _ = Refusal(response).fault
    }

    private static let captures: [PreparedCapture] = [
        Capture.Source.jsonPath("$.id"), .jsonPath("$..[0]"), .jsonPath("$.a[-1].b"), .header("x"), .cookie("c"),
        .between(before: "<", after: ">"),
    ].enumerated().compactMap { try? PreparedCapture(Capture(name: "c\($0)", source: $1)) }

    private static let checks: [PreparedCheck] = Comparison.allCases.flatMap { comparison in
        [JSONValue.integer(.max), .number(1e308), "a+b"].compactMap { value in
            var check = SuccessCheck(name: "c", subject: .anyAnswer, method: "GET", path: "/a")
            check.json = [JSONComparison(path: "$.a[*]", comparison: comparison, value: value)]
            check.bodyPattern = "(a|b)+c"
            return try? PreparedCheck(check, targets: ["t"])
        }
    }
}
