import ApeCore
import Foundation
import Testing

@testable import ApeMetrics

@Suite("The natural logarithm")
struct NaturalLogarithmTests {
    @Test("It is what the library says, but for the last bit")
    func accuracy() {
        var random = SeededRandom(seed: 9)
        for _ in 0..<10_000 {
            let number = 1 - random.unit()
            let expected = log(number)
            #expect(abs(NaturalLogarithm.of(number) - expected) <= 4e-16 * max(1, abs(expected)))
        }
        #expect(NaturalLogarithm.of(1) == 0)
        #expect(abs(NaturalLogarithm.of(0x1p-53) + 36.736800569677104) < 1e-13)
    }
}
