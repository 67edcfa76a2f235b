import ApeTransfer
import Testing

@testable import ApeAgent

/// What a model is told of an answer.
struct FeedbackTests {
    @Test(arguments: [
        ("http://shop.test/orders/17?full=1", "/orders/17?full=1"),
        ("http://shop.test:80/", "/"),
        ("https://shop.test/orders", "https://shop.test/orders"),
        ("http://pay.test/done", "http://pay.test/done"),
    ])
    func whereARedirectLedIsTold(url: String, told: String) {
        var response = TransferResponse(status: 200, body: Array("ok".utf8), url: url)
        response.redirectedFrom = [TransferResponse(status: 303, url: "http://shop.test/orders")]
        let answer = TargetAnswer(target: 0, method: "POST", path: "/orders", response: response)
        let text = Feedback.text(of: answer, captured: [], limitBytes: 100)
        #expect(text == "HTTP 200, redirected to \(told)\nok")
    }
}
