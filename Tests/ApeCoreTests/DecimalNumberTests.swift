import Testing

@testable import ApeCore

@Suite struct DecimalNumberTests {
    private func number(_ text: String) throws -> DecimalNumber {
        try #require(DecimalNumber(text), "\(text)")
    }

    @Test(arguments: [
        ["19.90", "19.9", "+19.9", "1.99e1", "199e-1", "0.199E+2", "0019.9"], ["0", "-0", "0.00", "0e99", "-0.0e-5"],
        ["1e2", "100", "100.", "100.000"], ["-.5", "-0.5", "-5e-1"], ["1e400", "10e399"],
        ["9007199254740993", "9007199254740993.0"],
    ])
    func isTheSameHoweverItIsWritten(texts: [String]) throws {
        for left in texts {
            for right in texts { #expect(try number(left) == number(right), "\(left) \(right)") }
        }
    }

    @Test func isOrderedDigitByDigit() throws {
        let rising = [
            "-1e999999999999999999999999", "-1e400", "-18446744073709551616", "-18446744073709551615", "-1.5", "-1.25",
            "-1e-400", "0", "1e-999999999", "1e-400", "0.1", "0.10000000000000000001", "9", "10", "19.9", "19.91",
            "9007199254740992", "9007199254740993", "18446744073709551615", "1e400", "1.1e400", "1e999999999",
        ]
        let numbers = try rising.map(number)
        for (index, left) in numbers.enumerated() {
            for (other, right) in numbers.enumerated() {
                #expect((left < right) == (index < other), "\(rising[index]) \(rising[other])")
                #expect((left == right) == (index == other), "\(rising[index]) \(rising[other])")
            }
        }
    }

    @Test(arguments: [
        "", "-", ".", "e5", "1e", "1e+", "nan", "inf", "Infinity", "0x10", "1 ", " 1", "1,5", "1.2.3", "--1", "１",
    ])
    func isNoNumber(text: String) {
        #expect(DecimalNumber(text) == nil)
    }

    @Test func isAnIntegerWhereItFits() throws {
        #expect(try number("9223372036854775807").int64 == .max)
        #expect(try number("-9223372036854775808").int64 == .min)
        #expect(try number("9223372036854775808").int64 == nil)
        #expect(try number("1.2e1").int64 == 12)
        #expect(try number("1.25e1").int64 == nil)
        #expect(try number("1e999999999").int64 == nil)
        #expect(try number("0e999999999").int64 == 0)
    }
}
