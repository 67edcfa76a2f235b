import ApeCore
import ApeTransfer
import Testing

@testable import ApeAgent

@Suite struct SuccessCheckTests {
    private func answer(
        _ body: String,
        status: Int = 200,
        method: String = "GET",
        path: String = "/api/orders/7?x=1"
    ) -> TargetAnswer {
        var response = TransferResponse(
            status: status,
            headers: TransferHeaders([("Content-Type", "application/json")])
        )
        response.body = Array(body.utf8)
        response.bodyBytes = response.body.count
        return TargetAnswer(target: 0, method: method, path: path, response: response)
    }

    private func check(_ adjust: (inout SuccessCheck) -> Void) throws -> PreparedCheck {
        var check = SuccessCheck(name: "c", subject: .anyAnswer, method: "GET", path: "/api/orders/{id}")
        adjust(&check)
        return try PreparedCheck(check, targets: ["shop", "pay"])
    }

    private static let body = #"{"n":3,"t":"3.0","items":[{"sku":"a"},{"sku":"b"}],"ok":true,"none":null,"list":[1,2]}"#

    @Test(
        arguments: [
            ("$.n", .equals, 3, true), ("$.n", .equals, 3.0, true), ("$.n", .equals, "3", false),
            ("$.n", .equals, "{{three}}", true), ("$.ok", .equals, "{{yes}}", true), ("$.n", .notEquals, 4, true),
            ("$.n", .notEquals, 3, false), ("$.x", .notEquals, 3, false), ("$.items[*].sku", .equals, "b", true),
            ("$.items[*].sku", .equals, "c", false), ("$.n", .greater, 2, true), ("$.n", .greater, 3, false),
            ("$.n", .atLeast, 3, true), ("$.n", .less, "{{three}}", false), ("$.n", .atMost, "{{three}}", true),
            ("$.t", .greater, 2, true), ("$.ok", .greater, 0, false), ("$.items[0].sku", .contains, "a", true),
            ("$.list", .contains, 2, true), ("$.list", .contains, 3, false), ("$.t", .matches, "^3", true),
            ("$.n", .matches, "^3$", true), ("$.t", .matches, "^4", false), ("$.none", .exists, nil, true),
            ("$.x", .exists, nil, false), ("$.x", .absent, nil, true), ("$.n", .absent, nil, false),
            ("$.n", .equals, "{{missing}}", false), ("$.list", .equals, [1.0, 2], true), ("$.none", .equals, nil, true),
        ] as [(String, Comparison, JSONValue, Bool)]
    )
    func compares(path: String, comparison: Comparison, value: JSONValue, holds: Bool) throws {
        let check = try check { $0.json = [JSONComparison(path: path, comparison: comparison, value: value)] }
        var state = SessionState()
        state.set("three", "3", .given)
        state.set("yes", "true", .given)
        var answer = answer(Self.body)
        let failure = check.failure(of: &answer, state: state)
        #expect((failure == nil) == holds)
    }

    @Test(
        arguments: [
            ("9007199254740993", .equals, "9007199254740992", false),
            ("9007199254740993", .equals, "9007199254740993", true),
            ("9007199254740993", .greater, "9007199254740992", true),
            ("9007199254740993", .atMost, "9007199254740992", false),
            ("18446744073709551615", .equals, "18446744073709551615.0", true),
            ("18446744073709551615", .notEquals, "18446744073709551614", true),
            ("19.90", .equals, "19.9", true), ("100", .equals, "1e2", true), ("[19.90]", .contains, "19.9", true),
            ("1e400", .greater, "1e399", true), ("1e400", .less, "1e999999999999", true),
            ("{\"a\":[0.1000]}", .equals, "{\"a\":[0.1]}", true), ("0.1", .equals, "0.10000000000000000001", false),
        ] as [(String, Comparison, String, Bool)]
    )
    func comparesNumbersDigitByDigit(found: String, comparison: Comparison, wanted: String, holds: Bool) throws {
        let value = try JSONValue(parsing: wanted)
        let check = try check { $0.json = [JSONComparison(path: "$.n", comparison: comparison, value: value)] }
        var answer = answer(#"{"n":\#(found)}"#)
        let failure = check.failure(of: &answer, state: SessionState())
        #expect((failure == nil) == holds)
    }

    @Test func comparesACapturedNumberByItsValue() throws {
        var state = SessionState()
        state.set("price", "19.90", .captured)
        for (comparison, body, holds) in [
            (Comparison.equals, #"{"n":19.9}"#, true), (.equals, #"{"n":"19.9"}"#, false),
            (.atMost, #"{"n":"19.9"}"#, true),
            (.less, #"{"n":19.9}"#, false), (.notEquals, #"{"n":19.900}"#, false),
        ] {
            let check = try check {
                $0.json = [JSONComparison(path: "$.n", comparison: comparison, value: "{{price}}")]
            }
            var answer = answer(body)
            let failure = check.failure(of: &answer, state: state)
            #expect((failure == nil) == holds, "\(comparison) \(body)")
        }
    }

    @Test func readsABodyAsItIsServed() throws {
        let check = try check {
            $0.json = [JSONComparison(path: "$.n", comparison: .equals, value: "é")]
            $0.bodyPattern = "é"
        }
        var latin = answer("")
        var response = latin.response
        response.body = Array("{\"n\":\"x\",\"n\":\"".utf8) + [0xE9] + Array("\",\"z\":NaN}".utf8)
        latin = TargetAnswer(target: 0, method: "GET", path: "/", response: response)
        let failure = check.failure(of: &latin, state: SessionState())
        #expect(failure == nil)
    }

    @Test func looksAtStatusHeadersAndBody() throws {
        let state = SessionState()
        let check = try check {
            $0.status = StatusPattern("2xx")
            $0.header = [HeaderComparison(name: "content-type", comparison: .contains, value: "json")]
            $0.bodyPattern = #""n":\s*3"#
        }
        var good = answer(Self.body)
        let goodFailure = check.failure(of: &good, state: state)
        #expect(goodFailure == nil)
        var late = answer(Self.body, status: 404)
        let lateFailure = check.failure(of: &late, state: state)
        #expect(lateFailure == "the status is 404")
        var other = answer(#"{"n":4}"#)
        let otherFailure = check.failure(of: &other, state: state)
        #expect(otherFailure == "the body does not match")
        let json = try self.check { $0.json = [JSONComparison(path: "$.n", comparison: .exists)] }
        var cut = answer(Self.body)
        var response = cut.response
        response.truncated = true
        response.bodyBytes = 343_917
        cut = TargetAnswer(target: 0, method: "GET", path: "/", response: response)
        let cutFailure = json.failure(of: &cut, state: state)
        let kept = response.body.count
        #expect(cutFailure == "the body has 343917 bytes, of which limits.response_bytes kept \(kept)")
        let text = try self.check { $0.bodyPattern = "nowhere" }
        let textFailure = text.failure(of: &cut, state: state)
        #expect(
            textFailure
                == "the body does not match: the body has 343917 bytes, of which limits.response_bytes kept \(kept)"
        )
        var odd = answer("\u{FF}[[[[")
        let oddFailure = json.failure(of: &odd, state: state)
        #expect(oddFailure == "the body is not JSON")
    }

    @Test func concernsMatchingRequestsOnly() throws {
        let any = try check { _ in }
        #expect(any.concerns(answer("")))
        #expect(!any.concerns(answer("", method: "POST")))
        #expect(!any.concerns(answer("", path: "/api/orders")))
        #expect(try !check { $0.target = "pay" }.concerns(answer("")))
        #expect(throws: ApeError.self) { try check { $0.target = "bank" } }
        #expect(throws: ApeError.self) { try check { $0.bodyPattern = "(" } }
    }

    @Test func asksForABodyAsJSONOnlyWhereItLooksIntoOne() throws {
        let looking = try check {
            $0.status = StatusPattern("2xx")
            $0.json = [JSONComparison(path: "$.n", comparison: .equals, value: 3)]
        }
        var evaluator = SuccessCheckEvaluator([looking, try check { _ in }])
        #expect(evaluator.needsJSON(of: answer(Self.body)))
        #expect(!evaluator.needsJSON(of: answer(Self.body, status: 404)))
        #expect(!evaluator.needsJSON(of: answer(Self.body, path: "/api/products")))
        var held = answer(Self.body)
        _ = evaluator.take(&held, state: SessionState())
        #expect(!evaluator.needsJSON(of: answer(Self.body)))
    }

    @Test func aParsedBodyGivesTheUsualNamesThatASkimmedOneDoes() throws {
        var answer = answer(#"{"id":7,"order":{"id":"o1"},"items":[{"token":"x"}],"paid":true}"#)
        let skimmed = answer.usualValues()
        #expect(skimmed == [StateValue(name: "id", value: "7"), StateValue(name: "order_id", value: "o1")])
        let documents = try answer.documents()
        #expect(documents.count == 1 && documents[0]["id"] == 7)
        #expect(answer.usualValues() == skimmed)
    }

    @Test func evaluatesAsAnswersCome() throws {
        let paid = try check { $0.status = StatusPattern("201") }
        var verify = SuccessCheck(name: "v", subject: .verification, method: "GET", path: "/api/orders/{{id}}")
        verify.status = StatusPattern("200")
        let verified = try PreparedCheck(verify, targets: ["shop"])
        var evaluator = SuccessCheckEvaluator([paid, verified])
        let state = SessionState()
        #expect(!evaluator.answersHold)
        #expect(
            evaluator.firstFailure == #"the check "c" does not hold: no answer of the session was one that it looks at"#
        )
        var first = answer("", status: 500)
        _ = evaluator.take(&first, state: state)
        #expect(evaluator.firstFailure == #"the check "c" does not hold: the status is 500"#)
        var second = answer("", status: 201)
        _ = evaluator.take(&second, state: state)
        _ = evaluator.take(&first, state: state)
        #expect(evaluator.answersHold && !evaluator.allHold)
        #expect(evaluator.verification(from: 0)?.index == 1 && evaluator.verification(from: 2) == nil)
        var third = answer("", status: 200)
        _ = evaluator.take(verification: 1, &third, state: state)
        #expect(evaluator.allHold && evaluator.firstFailure == nil)
        #expect(!SuccessCheckEvaluator([]).allHold)
    }
}
