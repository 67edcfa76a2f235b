import Testing

@testable import ApeTransfer

/// The values that decide without a socket.
struct ValueTests {
    @Test func timersComeOutInOrder() {
        var queue = TimerQueue<Int>()
        var random = SystemRandomNumberGenerator()
        let deadlines = (0..<500).map { _ in Int64.random(in: 0..<1_000, using: &random) }
        let tokens = deadlines.map { queue.insert(Int($0), deadline: $0) }
        for index in stride(from: 0, to: 500, by: 3) {
            #expect(queue.remove(tokens[index]) == Int(deadlines[index]))
            #expect(queue.remove(tokens[index]) == nil)
        }
        let left = deadlines.enumerated().filter { $0.offset % 3 != 0 }.map { $0.element }.sorted()
        var out: [Int64] = []
        while let due = queue.popDue(now: 998) {
            #expect(Int64(due.payload) == due.deadline)
            out.append(due.deadline)
        }
        #expect(out == left.filter { $0 <= 998 })
        #expect(queue.count == left.count - out.count)
    }

    @Test func anOldTokenNamesNothing() {
        var queue = TimerQueue<String>()
        let old = queue.insert("old", deadline: 1)
        #expect(queue.popDue(now: 1)?.payload == "old")
        queue.insert("new", deadline: 2)
        #expect(queue.remove(old) == nil)
        #expect(queue.nextDeadline == 2)
    }

    @Test(arguments: [0, 1, 15, 16, 31, 32, 1_000, 50_000, 1_000_000, 3_600_000_000])
    func lagIsWithinASixteenth(micros: Int64) {
        var histogram = LagHistogram()
        histogram.record(micros: micros)
        let p99 = histogram.takeP99Micros()
        #expect(p99 >= micros && p99 <= micros + micros / 16)
        #expect(histogram.takeP99Micros() == 0)
    }

    @Test func lagIsTheNearestRank() {
        var histogram = LagHistogram()
        for _ in 0..<198 { histogram.record(micros: 10) }
        histogram.record(micros: 5_000)
        histogram.record(micros: 5_000)
        #expect(histogram.takeP99Micros() == 10)
        for _ in 0..<197 { histogram.record(micros: 10) }
        for _ in 0..<3 { histogram.record(micros: 1 << 50) }
        #expect(histogram.takeP99Micros() > 1 << 30)
    }

    /// A loop that stands still for 200 ms has missed the ticks of that time: an answer that comes in it waits 100 ms in
    /// the mean.
    @Test func theMeanLagHasTheTicksThatWereMissed() {
        var histogram = LagHistogram()
        for _ in 0..<3 { histogram.record(micros: 0, period: 50_000) }
        histogram.record(micros: 200_000, period: 50_000)
        #expect(histogram.meanMicros == (200_000 + 150_000 + 100_000 + 50_000) / 7)
        _ = histogram.takeP99Micros()
        #expect(histogram.meanMicros == 0)
    }

    @Test func headersSurviveStrangeLines() {
        var headers = TransferHeaders()
        headers.block = Array("no colon\r\n: nameless\r\nA:1\r\na:  2 \r\nB: \u{FFFD}\r\n\r\nC: cut".utf8)
        #expect(headers.values("A") == ["1", "2"])
        #expect(headers["b"] == "\u{FFFD}")
        #expect(headers["c"] == "cut")
        #expect(headers.map(\.name) == ["A", "a", "B", "C"])
    }

    @Test func readsURLs() {
        let url = URLParts("https://Shop.Example/a?b")
        #expect(url?.port == 443)
        #expect(url?.scheme == "https")
        #expect(URLParts("http://[::1]:8080/")?.host == "::1")
        #expect(URLParts("http://[::1]:8080/")?.origin == "[::1]:8080")
        #expect(URLParts("../c", relativeTo: "http://h/a/b/d")?.text == "http://h/a/c")
        #expect(URLParts("//other/x", relativeTo: "https://h/")?.text == "https://other/x")
        #expect(URLParts("gopher://h/") == nil)
        #expect(URLParts("http://h:99999/") == nil)
    }
}
