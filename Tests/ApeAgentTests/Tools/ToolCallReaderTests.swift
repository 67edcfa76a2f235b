import ApeCore
import ApeInference
import Testing

@testable import ApeAgent

@Suite struct ToolCallReaderTests {
    private let reader = ToolCallReader(targets: ["shop", "pay"])

    private func read(_ name: String, _ arguments: String) throws(ApeError) -> ToolInvocation {
        try reader.read(ToolCall(id: "c", name: name, arguments: ToolArguments(arguments)))
    }

    private func reason(_ name: String, _ arguments: String) -> String {
        do throws(ApeError) {
            return "taken: \(try read(name, arguments))"
        } catch {
            return error.message
        }
    }

    @Test func readsARequest() throws {
        let arguments = #"""
            {"target": "pay", "path": "/p?a=1", "query": {"n": 2, "b": [true, "c", null, 9007199254740993], "z": null, "t": "x y"},
             "headers": {"X-A": "b"}, "body": {"sum": 19.90, "id": 18446744073709551615}}
            """#
        #expect(
            try read("http_post", arguments)
                == .request(
                    RequestDraft(
                        method: "POST",
                        target: 1,
                        path: "/p?a=1",
                        query: [
                            StateValue(name: "n", value: "2"), StateValue(name: "b", value: "true"),
                            StateValue(name: "b", value: "c"), StateValue(name: "b", value: "9007199254740993"),
                            StateValue(name: "t", value: "x y"),
                        ],
                        headers: [StateValue(name: "X-A", value: "b")],
                        body: try JSONValue(parsing: #"{"sum":19.90,"id":18446744073709551615}"#)
                    )
                )
        )
        let one = ToolCallReader(targets: ["shop"])
        let draft = try one.read(
            ToolCall(id: "", name: "http_get", arguments: ToolArguments(#"{"path":"/","body":{}}"#))
        )
        #expect(draft == .request(RequestDraft(method: "GET", target: 0, path: "/")))
    }

    @Test func readsTheOtherTools() throws {
        #expect(try read("finish", #"{"outcome":"success","reason":"r"}"#) == .finish(isSuccess: true, reason: "r"))
        #expect(try read("finish", "") == .finish(isSuccess: false, reason: ""))
        #expect(
            try read("state_update", #"{"values":{"a":1}}"#) == .stateUpdate([StateValue(name: "a", value: "1")])
        )
    }

    @Test(arguments: [
        ("http_fetch", "{}", "there is no tool"), ("", "{}", "there is no tool"),
        ("http_get", #"{"target":"shop""#, "not valid JSON"), ("http_get", "[]", "must be a JSON object"),
        ("http_get", "null", "must be a JSON object"), ("http_get", #"{"target":"shop"}"#, "path is missing"),
        ("http_get", #"{"path":"/"}"#, "target is missing: one of shop, pay"),
        ("http_get", #"{"target":"shop","path":7}"#, "path must be a string, not integer"),
        ("http_get", #"{"target":7,"path":"/"}"#, "target must be a string"),
        ("http_get", #"{"target":"bank","path":"/"}"#, "there is no target"),
        ("http_get", #"{"target":"shop","path":"api"}"#, "must begin with /"),
        ("http_get", #"{"target":"shop","path":""}"#, "must begin with /"),
        ("http_get", #"{"target":"shop","path":"http://evil/x"}"#, "not a whole URL"),
        ("http_get", #"{"target":"shop","path":"/","query":"a=1"}"#, "query must be an object"),
        ("http_get", #"{"target":"shop","path":"/","query":{"a":[[1]]}}"#, "query.a must be a text"),
        ("http_get", #"{"target":"shop","path":"/","query":{"a":{"b":1}}}"#, "query.a must be a text"),
        ("http_head", #"{"target":"shop","path":"/","body":"x"}"#, "http_head takes no body"),
        ("http_get", #"{"target":"shop","path":"/","headers":{"a":{}}}"#, "headers.a must be a text"),
        ("http_get", #"{"target":"shop","path":"/","body":"x"}"#, "takes no body"),
        ("state_update", "{}", "values is missing"), ("state_update", #"{"values":[]}"#, "values must be an object"),
        ("http_get", #"{"target":"shop","target":"pay","path":"/"}"#, "not valid JSON"),
    ])
    func refuses(name: String, arguments: String, words: String) {
        #expect(reason(name, arguments).contains(words))
    }

    @Test func boundsWhatItReads() {
        let long = String(repeating: "a", count: 200_000)
        #expect(reason("http_get", #"{"target":"shop","path":"/\#(long)"}"#).contains("longer than"))
        #expect(reason("http_get", #"{"target":"shop","path":"/\#(long.prefix(5000))"}"#).contains("path is longer"))
        let many = (0..<100).map { "\"k\($0)\":1" }.joined(separator: ",")
        #expect(reason("http_get", #"{"target":"shop","path":"/","query":{\#(many)}}"#).contains("more than"))
        #expect(reason("http_get", String(repeating: "[", count: 1000)).contains("not valid JSON"))
        #expect(reason(String(repeating: "x", count: 5000), "{}").utf8.count < 300)
    }
}
