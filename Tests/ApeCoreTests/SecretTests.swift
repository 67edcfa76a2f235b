import ApeCore
import Testing

struct SecretTests {
    private struct Holder {
        var name = "holder"
        var secret = Secret("k-123")
    }

    @Test func neverShows() {
        let (secret, holder) = (Secret("k-123"), Holder())
        var dumped = ""
        dump(secret, to: &dumped)
        dump([Optional(holder)], to: &dumped)
        let told = "\(secret) \(String(reflecting: secret)) \(holder) \(String(reflecting: holder)) \(dumped)"
        #expect(told.contains("holder"))
        #expect(!told.contains("k-123"))
        // Nor as the numbers of its bytes.
        #expect(!told.contains("107"))
    }

    @Test func isHadByWhoeverAsksForIt() {
        #expect(Secret("k-123").revealed() == "k-123")
        #expect(Secret([0xFF, 0x00]).revealedBytes() == [0xFF, 0x00])
    }
}
