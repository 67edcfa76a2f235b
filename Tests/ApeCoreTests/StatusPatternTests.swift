@testable import ApeCore
import Testing

@Suite struct StatusPatternTests {
    @Test(arguments: [
        ("200", 200...200), ("2xx", 200...299), ("5XX", 500...599), ("200-204", 200...204), ("100-599", 100...599),
    ])
    func readsStatuses(text: String, range: ClosedRange<Int>) throws {
        let pattern = try #require(StatusPattern(text))
        #expect(pattern.range == range)
        #expect(pattern.matches(range.lowerBound) && pattern.matches(range.upperBound))
        #expect(!pattern.matches(range.lowerBound - 1) && !pattern.matches(range.upperBound + 1))
        #expect(StatusPattern(pattern.text) == pattern)
    }

    @Test(arguments: [
        "", "20", "2000", "99", "600", "0xx", "6xx", "xx2", "2x", "+20", "-20", "200-", "-204", "204-200", "2xx-3xx",
        "200-201-202", " 200", "٢xx",
    ])
    func refusesStatuses(text: String) {
        #expect(StatusPattern(text) == nil)
    }
}
