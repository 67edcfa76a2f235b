import ApeCore
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1970-01-01T00:00:00.000Z"),
        (951_782_399_999_999, "2000-02-28T23:59:59.999Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000Z"),
        (1_709_251_199_000_000, "2024-02-29T23:59:59.000Z"), (4_107_542_400_000_000, "2100-03-01T00:00:00.000Z"),
        (1_767_225_599_250_999, "2025-12-31T23:59:59.250Z"), (.max, "9999-12-31T23:59:59.999Z"),
    ])
    func isISO8601(micros: Int64, expected: String) {
        #expect(Timestamp.text(micros: micros) == expected)
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
    ])
    func isADateOfHTTP(seconds: Int64, expected: String) {
        #expect(Timestamp.httpDate(seconds: seconds) == expected)
    }
}
