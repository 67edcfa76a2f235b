import ArgumentParser
import Testing

@testable import ApeProgram

struct BaselineOptionsTests {
    @Test func anotherProgramGetsTheSameOptions() throws {
        let baseline = ["--baseline", "b.json", "--fail-on-regression", "5%"]
        #expect(try BaselineOptions.parse(baseline).arguments == baseline)
        #expect(try BaselineOptions.parse([]).arguments == [])
    }

    @Test(arguments: [("5%", 0.05), ("5", 0.05), ("0", 0), ("12.5%", 0.125)])
    func percentagesAreShares(text: String, share: Double) throws {
        #expect(try RegressionOptions.parse(["--fail-on-regression", text]).limit == share)
    }

    @Test(arguments: ["", "much", "nan", "1001%", "inf"])
    func otherWordsAreRefused(text: String) {
        let error = #expect(throws: (any Error).self) {
            _ = try RegressionOptions.parse(["--fail-on-regression", text])
        }
        #expect(error.map { RegressionOptions.fullMessage(for: $0).contains("--fail-on-regression") } == true)
    }

    @Test func failingNeedsABase() {
        #expect(throws: (any Error).self) { _ = try BaselineOptions.parse(["--fail-on-regression", "5%"]) }
    }
}
