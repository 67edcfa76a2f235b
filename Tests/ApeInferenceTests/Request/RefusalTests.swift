import ApeCore
import ApeTransfer
import Testing

@testable import ApeInference

/// What endpoints say when they refuse, in the words of eighteen providers.
@Suite struct RefusalTests {
    private func refusal(_ status: Int, _ body: String, _ headers: [(String, String)] = []) -> Refusal {
        var response = TransferResponse(
            status: status,
            headers: TransferHeaders(headers.map { (name: $0.0, value: $0.1) })
        )
        response.body = Array(body.utf8)
        return Refusal(response)
    }

    @Test(
        arguments: [
            (
                #"{"error":{"message":"No such model","type":"invalid_request_error","code":"model_not_found"}}"#,
                "No such model",
                "model_not_found"
            ),
            (
                #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"r"}"#,
                "Overloaded",
                "overloaded_error"
            ),
            (
                #"[{"error":{"code":400,"message":"Unknown name","status":"INVALID_ARGUMENT"}}]"#, "Unknown name",
                "INVALID_ARGUMENT"
            ),
            (#"{"code":"bad","error":"plain words"}"#, "plain words", "bad"),
            (#"{"object":"error","message":"vLLM's own","code":400}"#, "vLLM's own", "400"),
            (#"{"detail":[{"loc":["body","seed"],"msg":"extra"}]}"#, #"[{"loc":["body","seed"],"msg":"extra"}]"#, nil),
            (#"{"message":{"detail":[{"type":"extra_forbidden"}]}}"#, #"{"detail":[{"type":"extra_forbidden"}]}"#, nil),
            ("  not\n JSON ", "not JSON", nil), ("", "", nil),
        ] as [(String, String, String?)]
    )
    func readsEachFormOfAnError(body: String, words: String, code: String?) {
        let refusal = refusal(400, body)
        #expect(EndpointError.line(refusal.words, hiding: SecretMask()) == words && refusal.code == code)
    }

    @Test(
        arguments: [
            (429, "{}", [], true), (503, "{}", [], true), (529, "{}", [], true), (408, "{}", [], true),
            (409, "{}", [], true),
            (400, "{}", [], false), (404, "{}", [], false),
            (429, #"{"error":{"code":"insufficient_quota","message":"pay"}}"#, [], false),
            (503, "{}", [("x-should-retry", "false")], false), (400, "{}", [("x-should-retry", "true")], true),
            (500, #"{"error":{"message":"tools param requires --jinja flag"}}"#, [], false),
        ] as [(Int, String, [(String, String)], Bool)]
    )
    func asksAgainWhereThatMayHelp(status: Int, body: String, headers: [(String, String)], isRetryable: Bool) {
        #expect(refusal(status, body, headers).isRetryable == isRetryable)
    }

    @Test(arguments: [
        #"{"error":{"code":400,"type":"exceed_context_size_error","message":"the request exceeds"}}"#,
        #"{"error":{"message":"This model's maximum context length is 8192 tokens.","code":"context_length_exceeded"}}"#,
        #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens"}}"#,
    ])
    func knowsAConversationThatIsTooLong(body: String) {
        let fault = refusal(400, body).fault(hiding: SecretMask())
        #expect(fault.isContextOverflow && !fault.isRetryable)
    }

    @Test(arguments: [
        (
            400, "Function tools with reasoning_effort are not supported in /v1/chat/completions. Use /v1/responses.",
            "inference.api: responses"
        ),
        (400, #""auto" tool choice requires a tool call parser to be set"#, "inference.tool_mode: json"),
        (400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", "inference.token_limit_key"),
        (422, "extra_forbidden: stream_options", "inference.body: {stream_options: null}"),
        (400, "Unsupported value: 'temperature' does not support 0", "leave out inference.temperature"),
    ])
    func saysWhatTheUserCanChange(status: Int, words: String, way: String) {
        let body = JSONValue.object(["error": ["message": .string(words)]]).text
        #expect(refusal(status, body).fault(hiding: SecretMask()).message.hasSuffix(way))
    }

    /// A key that stands where a message is cut, where a code is cut, and as an escape.
    @Test func aKeyIsHiddenBeforeAMessageIsCut() {
        let key = "sk-proj-Qw7Er9Ty2Ui4Op6As8Df0Gh1Jk3Lz5Xc7Vb9Nm2Qa4Ws6Ed8Rf"
        let inference = Scenario.Inference(baseURL: "http://127.0.0.1/v1", model: "m")
        let mask = SecretMask(inference, apiKey: Secret(key))
        let dots = String(repeating: ".", count: 360)
        let cut = refusal(401, #"{"error":"\#(dots)\#(key)"}"#).fault(hiding: mask).message
        #expect(cut == "the inference endpoint answered 401: \(dots)***")
        let escaped = key.replacing("-", with: "\\u002d")
        let page = refusal(401, "<p>\(escaped)\u{1B}[2J\n::error::x</p>").fault(hiding: mask).message
        #expect(page == "the inference endpoint answered 401: <p>***\u{FFFD}[2J : :error::x</p>")
        let failures: [StreamFailure] = [
            .errorObject(message: dots + key, code: key), .errorObject(message: key, code: dots + key), .malformed(key),
        ]
        for failure in failures {
            let message = InferenceFault(failure, hasToken: false, hiding: mask).message
            #expect(message.contains("***") || message.contains("..."), "\(message)")
            #expect(!message.contains("Qw7Er9Ty") && message.utf8.count < 600, "\(message)")
        }
    }

    @Test(
        arguments: [
            (["retry-after-ms": "1500", "retry-after": "9"], 1_500_000), (["retry-after": "2"], 2_000_000),
            (["retry-after-ms": "-1", "retry-after": "2"], 2_000_000), (["retry-after-ms": "nan"], nil), ([:], nil),
        ] as [([String: String], Int64?)]
    )
    func waitsAsLongAsItIsAskedTo(headers: [String: String], micros: Int64?) {
        let response = TransferResponse(
            status: 429,
            headers: TransferHeaders(headers.map { (name: $0.key, value: $0.value) })
        )
        #expect(RetryAfter.micros(of: response, wallSeconds: 0) == micros)
    }
}
