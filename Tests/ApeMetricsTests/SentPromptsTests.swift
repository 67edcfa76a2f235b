import ApeMetrics
import Testing

@Suite("Prompts that were sent")
struct SentPromptsTests {
    @Test func aPromptIsNewOnce() {
        let prompts = SentPrompts()
        let hashes: [UInt64] = [0, 256, 1, 0, 512, .max, 256, 0]
        #expect(hashes.map(prompts.note) == [true, true, true, false, true, true, false, false])
    }

    /// One that is full says nothing more, not even of prompts that it knows: its share stays that of what it looked up.
    @Test func aFullOneLooksUpNothing() {
        let prompts = SentPrompts(maximum: 3)
        #expect([1, 2, 1, 3, 1, 4].map(prompts.note) == [true, true, false, true, nil, nil])
    }
}
