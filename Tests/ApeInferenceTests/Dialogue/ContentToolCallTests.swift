import ApeCore
import Testing

@testable import ApeInference

@Suite struct ContentToolCallTests {
    @Test(arguments: [
        #"{"tool":"finish","arguments":{"outcome":"success"}}"#,
        "```json\n{\"tool\": \"finish\", \"arguments\": {\"outcome\":\"success\"}}\n```",
        #"I will stop {now}. {"name":"finish","parameters":{"outcome":"success"}} That is all."#,
        #"<think>maybe {"tool":"http_get"}</think>{"tool":"finish","arguments":"{\"outcome\":\"success\"}"}"#,
    ])
    func findsTheCallInContent(content: String) throws {
        let call = try ContentToolCall.read(content, number: 3)
        #expect(call.id == "call_3" && call.name == "finish")
        #expect(try call.arguments.members() == ["outcome": "success"])
    }

    @Test(arguments: ["", "no call", "{", "{}", #"{"tool":7}"#, String(repeating: "{", count: 10_000), "```json\n```"])
    func findsNoCallInOtherContent(content: String) {
        #expect(throws: ApeError.self) { try ContentToolCall.read(content, number: 0) }
    }
}
