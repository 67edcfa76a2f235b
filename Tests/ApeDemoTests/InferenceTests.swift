import ApeCore
import NIOCore
import NIOHTTP1
import Testing

@testable import ApeDemo

@Suite("Simulated inference")
struct InferenceTests {
    @Test("A stream has the role first, then tokens, the finish reason, the usage and [DONE]")
    func stream() async throws {
        try await withInference { inference in
            let answer = try await inference.stream(Chat("Buy headphones"))
            #expect(answer.events.first?["choices"]?[0]?["delta"] == ["role": "assistant", "content": ""])
            #expect((20...26).contains(answer.events.count))
            #expect(answer.tool == "http_get")
            #expect(try JSONValue(parsing: answer.arguments)["path"] == "/api/products")
            #expect(!answer.content.isEmpty)
            #expect(answer.finishReason == "tool_calls")
            #expect(answer.usage?["completion_tokens"]?.integer == Int64(answer.events.count - 3))
            #expect(answer.isDone)
            #expect(
                answer.events.allSatisfy { $0["model"] == "m" && $0["ape_sent_us"] == nil && $0["time_info"] == nil }
            )
        }
    }

    @Test("Without a stream the same decision comes as one JSON object")
    func whole() async throws {
        try await withInference { inference in
            var chat = Chat("Buy headphones")
            chat.isStreamed = false
            let answer = try JSONValue(parsing: Array(try await inference.post(chat.body.text).body.readableBytesView))
            let call = answer["choices"]?[0]?["message"]?["tool_calls"]?[0]?["function"]
            #expect(call?["name"] == "http_get")
            #expect(answer["choices"]?[0]?["finish_reason"] == "tool_calls")
        }
    }

    @Test("Where no tools are offered, the content is one JSON object", arguments: [true, false])
    func jsonMode(isStreamed: Bool) async throws {
        try await withInference { inference in
            var chat = Chat("Buy headphones")
            chat.tools = nil
            chat.isStreamed = isStreamed
            let body = try await inference.post(chat.body.text).body
            var text = ""
            if isStreamed {
                let answer = try StreamedAnswer(body)
                #expect(answer.finishReason == "stop" && answer.tool == nil)
                text = answer.content
            } else {
                let answer = try JSONValue(parsing: Array(body.readableBytesView))
                text = answer["choices"]?[0]?["message"]?["content"]?.string ?? ""
            }
            let call = try JSONValue(parsing: text)
            #expect(call["tool"] == "http_get")
            #expect(call["arguments"]?["path"] == "/api/products")
        }
    }

    @Test("Time stamps stand in every event, and time_info beside the usage")
    func times() async throws {
        try await withInference {
            $0.sendsTimeInfo = true
            $0.sendsTimestamps = true
        } _: { inference in
            let answer = try await inference.stream(Chat("Buy headphones"))
            #expect(answer.events.allSatisfy { $0["ape_sent_us"]?.integer == 1_000_000 })
            let times = try #require(answer.events.last?["time_info"])
            #expect(times["queue_time"]?.number == 0)
            #expect(times["prompt_time"]?.number ?? 0 > 0.05)
            #expect(times["created"]?.number == 1)
        }
    }

    @Test("An answer takes its time to the first token and its token rate")
    func pace() async throws {
        try await withInference({ $0.tokensPerSecond = 100 }) { inference in
            let reply = try await inference.post(Chat("Buy headphones").body.text)
            let tokens = try StreamedAnswer(reply.body).usage?["completion_tokens"]?.integer ?? 0
            #expect(reply.flushes.count == 1 + CompletionStream.laterWrites)
            let (first, last) = (try #require(reply.flushes.first), try #require(reply.flushes.last))
            #expect((75_000...1_200_000).contains(first))
            #expect(((tokens - 1) * 10_000 - 3...(tokens - 1) * 10_000).contains(last - first))
        }
    }

    @Test("A user of the endpoint buys at the shop: every decision carried out, until the model says it is done")
    func wholePurchase() async throws {
        try await withShop { visitor in
            try await withInference { inference in
                var (shop, chat) = (visitor, Chat("Buy two headphones and see your order"))
                var values = ["username": "ann", "password": "demo"]
                for _ in 0..<20 {
                    let answer = try await inference.stream(chat)
                    let (tool, text) = (try #require(answer.tool), answer.arguments)
                    let arguments = try JSONValue(parsing: text).rendered { values[$0] }
                    if tool == "finish" {
                        #expect(arguments["outcome"] == "success")
                        break
                    }
                    let query = arguments["query"]?.object?.map { "\($0.key)=\($0.value.string ?? "")" } ?? []
                    let path = (arguments["path"]?.string ?? "") + (query.isEmpty ? "" : "?" + query.joined())
                    let got = try shop.call(tool == "http_get" ? .GET : .POST, path, arguments["body"])
                    #expect(got.status < 400)
                    for name in ["csrf_token", "order_id"] { values[name] = got.body[name]?.string ?? values[name] }
                    got.headers.first(name: "Set-Cookie").map {
                        shop.session = CookieHeader.value(DemoShop.cookieName, in: $0)
                    }
                    let reply: JSONValue = ["status": .integer(Int64(got.status)), "body": .string(got.body.text)]
                    chat.add(tool, text, reply: reply.text)
                }
                let stats = try shop.call(.GET, "/demo/stats").body
                #expect(stats["orders_placed"] == 1)
                #expect(stats["total"] == 6)
                #expect(try await inference.get("/demo/stats")["decisions"] == 7)
            }
        }
    }

    @Test("The key is demanded where there is one")
    func key() async throws {
        try await withInference({ $0.apiKey = "secret" }) { inference in
            let body = Chat("Buy headphones").body.text
            var statuses: [Int] = []
            for headers: HTTPHeaders in [
                [:], ["Authorization": "Bearer guess"], ["Authorization": "secret"], ["Authorization": "Bearer secret"],
            ] { statuses.append(try await inference.post(body, headers: headers).status) }
            #expect(statuses == [401, 401, 401, 200])
            let stats = try await inference.get("/demo/stats")
            #expect(stats["refused"] == 3)
        }
    }

    @Test("The other routes answer, and unknown ones are refused")
    func routes() async throws {
        try await withInference { inference in
            #expect(try await inference.get("/v1/models")["data"]?[0]?["id"] == "ape-demo")
            #expect(try await inference.get("/healthz")["status"] == "ok")
            let wrongMethod = try await inference.get("/v1/chat/completions")
            #expect(wrongMethod["error"]?["type"] == "invalid_request_error")
            let nowhere = try await inference.get("/nowhere")
            #expect(nowhere["error"]?["message"] != nil)
        }
    }
}
