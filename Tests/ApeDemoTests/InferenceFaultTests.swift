import ApeCore
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import ApeDemo

@Suite("Simulated inference's faults and hostile clients")
struct InferenceFaultTests {
    @Test("Rate limits are a share of the requests, say when to come back, and are counted")
    func rateLimits() async throws {
        try await withInference({ $0.rateLimitShare = 0.3 }) { inference in
            let body = Chat("Buy headphones").body.text
            var limited = 0
            for _ in 0..<300 {
                let answer = try await inference.post(body)
                guard answer.status == 429 else { continue }
                limited += 1
                #expect(answer.headers.first(name: "Retry-After") == "1")
            }
            #expect((60...120).contains(limited))
            let stats = try await inference.get("/demo/stats")
            #expect(stats["rate_limited"]?.integer == Int64(limited))
            #expect(stats["decisions"]?.integer == Int64(300 - limited))
            #expect(stats["requests"] == 300)
        }
    }

    @Test("Mistakes are calls that no agent can execute, of every kind, and are counted")
    func mistakes() async throws {
        try await withInference({ $0.mistakeShare = 1 }) { inference in
            var kinds: Set<String> = []
            for _ in 0..<60 {
                let answer = try await inference.stream(Chat("Buy headphones"))
                let arguments = try? JSONValue(parsing: answer.arguments)
                switch (answer.tool, arguments) {
                case ("http_fetch", _): kinds.insert("unknown tool")
                case (_, nil): kinds.insert("broken arguments")
                case (_, let arguments?):
                    #expect(arguments["path"] == nil)
                    kinds.insert("missing path")
                }
                #expect(answer.isDone)
            }
            #expect(kinds.count == 3)
            #expect(try await inference.get("/demo/stats")["mistakes"] == 60)
        }
    }

    @Test("Broken streams say so, end early or break, and are counted")
    func streamErrors() async throws {
        try await withInference({ $0.streamErrorShare = 1 }) { inference in
            var kinds: Set<String> = []
            for _ in 0..<60 {
                guard let answer = try? await inference.stream(Chat("Buy headphones")) else {
                    kinds.insert("broken connection")
                    continue
                }
                #expect(!answer.isDone && answer.finishReason == nil)
                kinds.insert(answer.events.last?["error"] == nil ? "clean end" : "error event")
            }
            #expect(kinds.count == 3)
            let stats = try await inference.get("/demo/stats")
            #expect(stats["stream_errors"] == 60)
            #expect(stats["decisions"] == 0)
        }
    }

    @Test("One seed draws the same faults again, and each share is drawn apart")
    func seeds() {
        var configuration = SimulatedInference.Configuration()
        (configuration.rateLimitShare, configuration.mistakeShare) = (0.2, 0.2)
        let first = (0..<500).map { InferenceDraw(number: $0, configuration) }
        #expect(first == (0..<500).map { InferenceDraw(number: $0, configuration) })
        configuration.mistakeShare = 0
        let second = (0..<500).map { InferenceDraw(number: $0, configuration) }
        #expect(first.map(\.isRateLimited) == second.map(\.isRateLimited))
        #expect(first.map(\.ttftMicros) == second.map(\.ttftMicros))
        configuration.seed = 2
        #expect(second != (0..<500).map { InferenceDraw(number: $0, configuration) })
    }

    @Test(
        "Bodies that cannot be served are refused with their reason",
        arguments: [
            "", "not json", "[]", "{}", #"{"messages":[]}"#, #"{"messages":{}}"#, #"{"messages":["x"]}"#,
            #"{"messages":[{"content":"x"}]}"#, #"{"messages":[{"role":"nobody","content":"x"}]}"#,
            #"{"messages":[{"role":"user","content":"x"}],"model":7}"#, #"{"messages":[{"role":"user","content":"x"}]"#,
        ]
    )
    func refusals(body: String) async throws {
        try await withInference { inference in
            let answer = try await inference.post(body)
            #expect(answer.status == 400)
            let error = try JSONValue(parsing: Array(answer.body.readableBytesView))["error"]
            #expect(error?["message"]?.string?.isEmpty == false)
            #expect(try await inference.get("/demo/stats")["refused"] == 1)
        }
    }

    @Test("Bodies nested too deeply or too long are refused; odd but valid ones are served")
    func hostileBodies() async throws {
        try await withInference { inference in
            let deep = #"{"messages":"# + String(repeating: "[", count: 100_000)
            let tooDeep = try await inference.post(deep)
            #expect(tooDeep.status == 400)
            let tooLong = try await inference.post(String(repeating: " ", count: 10_000_000))
            #expect(tooLong.status == 413)
            let odd = [
                #"{"messages":[{"role":"user","content":null}],"tools":7,"stream":"yes","stream_options":3}"#,
                #"{"messages":[{"role":"user","content":[{"type":"image"},{"type":"text","text":"buy"},5]}]}"#,
                #"{"messages":[{"role":"assistant","tool_calls":[{},5,{"function":{"arguments":"}{"}}]}]}"#,
                #"{"messages":[{"role":"tool","content":"200"},{"role":"assistant","tool_calls":{}}],"tools":[{}]}"#,
                #"{"messages":[{"role":"user","content":"\ud800 \\ \" cart"}]}"#,
                #"{"messages":[{"role":"user","content":"a backslash at the end \\"}]}"#,
            ]
            for body in odd {
                let answer = try await inference.post(body)
                #expect(answer.status == 200, "\(body)")
            }
        }
    }

    @Test("Slots are given first come, first served, and a full line refuses")
    func line() {
        var line = SlotQueueState(slots: 1)
        #expect(line.enter(1) == .granted)
        #expect(line.enter(2) == .waiting)
        #expect(line.enter(3) == .waiting)
        #expect(line.enter(4) == .waiting)
        let cancellations = [line.cancel(3), line.cancel(3)]
        #expect(cancellations == [true, false])
        #expect(line.leave() == 2)
        #expect(line.leave() == 4)
        #expect(line.leave() == nil)
        #expect(line.free == 1)
        var full = SlotQueueState(slots: 0)
        for visitor in 0..<UInt64(SlotQueueState.maximumWaiting) { #expect(full.enter(visitor) == .waiting) }
        #expect(full.enter(.max) == .full)
    }

    @Test("No more requests generate at once than there are slots, and broken streams give theirs back")
    func slots() async throws {
        try await withInference {
            $0.slots = 3
            $0.streamErrorShare = 0.5
        } _: { inference in
            let slots = try #require(inference.service.slots)
            let loop = EmbeddedEventLoop()
            let peers = try (0..<100).map { _ in try DemoPeer(inference.service, on: loop) }
            for peer in peers { peer.ask(.POST, "/v1/chat/completions", body: Chat("Buy headphones").buffer) }
            loop.run()
            var seen: Set<Int> = []
            while slots.runningCount > 0 {
                #expect(slots.waitingCount == 0 || slots.runningCount == 3)
                seen.insert(slots.runningCount)
                loop.advanceTime(by: .milliseconds(10))
            }
            #expect(seen == [1, 2, 3] || seen == [1, 3] || seen == [2, 3] || seen == [3])
            #expect(slots.waitingCount == 0)
            #expect(try peers.allSatisfy { try $0.hasAnswer() })
            #expect(try await inference.get("/demo/stats")["requests"] == 100)
        }
    }
}
