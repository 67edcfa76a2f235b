import Testing

@testable import ApeDemo

@Suite("What is made of recurring texts")
struct RecurringTests {
    @Test("It is made once, unless the text is a long one")
    func making() {
        let known = Recurring<String, Int>()
        #expect(known.value(of: "short", bytes: 5) { 1 } == 1)
        #expect(known.value(of: "short", bytes: 5) { 2 } == 1)
        #expect(known.value(of: "other", bytes: 5) { 3 } == 3)
        let long = Recurring<String, Int>.maximumBytes + 1
        #expect(known.value(of: "long", bytes: long) { 1 } == 1)
        #expect(known.value(of: "long", bytes: long) { 2 } == 2)
    }

    @Test("All are forgotten where more come than are kept")
    func forgetting() {
        let known = Recurring<Int, Int>()
        let capacity = Recurring<Int, Int>.capacity
        for number in 0..<capacity { _ = known.value(of: number, bytes: 1) { number } }
        #expect(known.value(of: 0, bytes: 1) { -1 } == 0)
        _ = known.value(of: capacity, bytes: 1) { capacity }
        #expect(known.value(of: 0, bytes: 1) { -1 } == -1)
    }

    @Test("Decisions that differ in their usage alone have events of their own")
    func usage() {
        let decision = Decision(thought: "Look around.", tool: "http_get", arguments: #"{"path":"/"}"#)
        #expect(CompletionEvents.of(decision, includesUsage: true).events.contains(.usage))
        #expect(!CompletionEvents.of(decision, includesUsage: false).events.contains(.usage))
        #expect(CompletionEvents.of(decision, includesUsage: true).events.contains(.usage))
    }
}
