import ApeCore
import Testing

@Suite struct HexadecimalTests {
    @Test func writesTwoDigitsForAByte() {
        #expect(Hexadecimal.text(of: []) == "")
        #expect(Hexadecimal.text(of: [0x00, 0x0F, 0xA9, 0xFF]) == "000fa9ff")
    }

    @Test func keepsANumbersLeadingZeros() {
        #expect(Hexadecimal.text(of: 0) == "0000000000000000")
        #expect(Hexadecimal.text(of: 0x0123_4567_89AB_CDEF) == "0123456789abcdef")
    }

    @Test func writesTheLowerHalfInTheCaseThatIsAskedFor() {
        #expect(Hexadecimal.digit(0x3E) == UInt8(ascii: "e"))
        #expect(Hexadecimal.digit(0x3E, ten: UInt8(ascii: "A")) == UInt8(ascii: "E"))
        #expect(Hexadecimal.digit(0x09) == UInt8(ascii: "9"))
    }
}
