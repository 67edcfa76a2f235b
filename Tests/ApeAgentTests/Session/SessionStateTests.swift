import ApeCore
import ApeTransfer
import Testing

@testable import ApeAgent

@Suite struct SessionStateTests {
    private func names(_ json: String) -> [String: String] {
        let values = UsualNames.values(inJSON: Array(json.utf8))
        if let document = try? JSONValue(parsing: json) {
            #expect(UsualNames.values(in: document) == values, "a parsed body gives what a skimmed one does")
        }
        return Dictionary(values.map { ($0.name, $0.value) }) { first, _ in first }
    }

    @Test func findsTheUsualNames() {
        #expect(
            names(#"{"token":"a","csrfToken":"b","accessToken":"c","orderID":7}"#) == [
                "token": "a", "csrf_token": "b", "access_token": "c", "order_id": "7",
            ]
        )
        #expect(
            names(#"{"order":{"id":"o1","user":{"id":3}},"id":9}"#) == ["order_id": "o1", "user_id": "3", "id": "9"]
        )
        #expect(names(#"{"data":{"id":"inner"},"id":"outer"}"#) == ["id": "outer"])
        #expect(
            names(#"{"items":[{"id":1}],"token":null,"id":"","session-id":"s","paid":true}"#) == ["session_id": "s"]
        )
        #expect(names(#"{"token":"kept","rest":[1,2"#) == ["token": "kept"])
        #expect(
            names(#"{"id":18446744073709551615,"order":{"id":1.50}}"#) == [
                "id": "18446744073709551615", "order_id": "1.50",
            ]
        )
        #expect(names("\u{FEFF}{\"id\":NaN,\"token\":\"\t\"}") == ["token": "\t"])
    }

    @Test(arguments: ["", "[1]", "nonsense", "{", #"{"token":NaN}"#, String(repeating: #"{"a":"#, count: 10_000)])
    func findsNothingInOtherBodies(body: String) {
        #expect(names(body).isEmpty)
    }

    @Test func respectsRightsAndLimits() {
        var state = SessionState()
        let long = String(repeating: "a", count: SessionState.maximumValueBytes + 1)
        let taken = [
            state.set("agent", "1", .given, isBuiltIn: true), state.set("agent", "2", .kept),
            state.set("id", "given", .given), state.set("id", "found", .found),
            state.set("id", "captured", .captured), state.set("id", "found", .found),
            state.set("id", "kept", .kept), state.set("a b", "x", .kept), state.set("long", long, .kept),
        ]
        #expect(taken == [true, false, true, false, true, false, true, false, false])
        #expect(state.value("id") == "kept" && state.value("agent") == "1")
        for number in 0..<100 { state.set("n\(number)", String(repeating: "a", count: 4000), .kept) }
        let size = state.entries.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        #expect(size <= SessionState.maximumBytes)
        var many = SessionState()
        for number in 0..<200 { many.set("n\(number)", "", .kept) }
        #expect(many.entries.count == SessionState.maximumValues)
    }

    @Test func takesWhatAnAnswerHasToGive() throws {
        let captures = try [
            PreparedCapture(Capture(name: "first", source: .jsonPath("$.items[0].sku"))),
            PreparedCapture(Capture(name: "tag", source: .header("ETag"), path: "/api/orders/{id}")),
            PreparedCapture(Capture(name: "all", source: .jsonPath("$.items"))),
        ]
        func answer(_ path: String) -> TargetAnswer {
            var response = TransferResponse(
                status: 200,
                headers: TransferHeaders([("etag", "v1"), ("X-CSRF-Token", "c1")])
            )
            response.body = Array(#"{"items":[{"sku":"k"}],"id":5}"#.utf8)
            response.bodyBytes = response.body.count
            return TargetAnswer(target: 0, method: "GET", path: path, response: response)
        }
        var state = SessionState()
        var first = answer("/api/products")
        let names = state.take(&first, captures: captures)
        #expect(names.map(\.name) == ["first", "all", "csrf_token", "id"])
        var again = answer("/api/products")
        #expect(state.take(&again, captures: captures).isEmpty, "what is known is not told again")
        #expect(state.value("all") == #"[{"sku":"k"}]"#)
        var second = answer("/api/orders/1?x=2")
        _ = state.take(&second, captures: captures)
        #expect(state.value("tag") == "v1")
    }

    @Test func showsNamesButNoSecrets() {
        var state = SessionState()
        state.set("agent", "1", .given, isBuiltIn: true)
        state.set("username", "ada", .given)
        state.set("password", "hunter2", .given)
        state.set("csrf_token", "c-1", .found)
        state.set("note", String(repeating: "x", count: 100), .kept)
        #expect(SystemPrompt.known(state) == "Known: {{username}} = ada; {{password}}; {{csrf_token}}; {{note}}")
        #expect(SystemPrompt.known(SessionState()).isEmpty)
    }
}
