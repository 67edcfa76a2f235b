import ApeCore
import Testing

@Suite("Hashes of content")
struct DigestTests {
    /// The digests are those of Python's hashlib.
    @Test(arguments: [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (55, "576a1bf8d4478657e6dc4af9398544765c2a92cde28478b019235cfed315fc09"),
        (56, "9b20501dfd1d99161c257950f3444f3e49230c351c5c8e0943ef369f85f5205d"),
        (63, "30b345906b493f06f69444b6521113511c242f30e29840462950035043682f1e"),
        (64, "d8bc63b4fc1156e5e7d95a418b9bf54cd3174bedbc2db40f74895349b229b3c0"),
        (65, "1ee23b0fbcaecc1aff4a9e8f1645f35ab2c8e13609cd73b68df8b5e3f63ce073"),
        (119, "7a6589821178918ca8d9edaba5abfc1e9b2669564f4469b66885379c1530b2c8"),
        (1000, "89f4ff56a25dd1db06a4ce6033603775d705fb96f30f8693733fef602a1ca532"),
    ])
    func sha256IsTheStandards(length: Int, digest: String) {
        #expect(SHA256.hex(of: (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7) }) == digest)
    }

    @Test func aValueReadBackHasTheSameDigest() throws {
        let value: JSONValue = [
            "b": 1.5, "a": [true, nil, "é\u{0}"], "n": 12_345_678_901, "k": .number(2), "m": .number(1e3),
        ]
        #expect(try JSONValue(parsing: value.text).sha256 == value.sha256)
        #expect(try JSONValue(parsing: value.prettyText).sha256 == value.sha256)
    }

    /// A single bit anywhere makes another hash, and so does one byte more.
    @Test func everyBitCounts() {
        var seen: Set<UInt64> = []
        var hashes = 0
        for length in 0...100 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 31) }
            seen.insert(BytesHash.of(bytes))
            hashes += 1
            for bit in 0..<length * 8 {
                var other = bytes
                other[bit / 8] ^= 1 << UInt8(bit % 8)
                seen.insert(BytesHash.of(other))
                hashes += 1
            }
        }
        #expect(seen.count == hashes)
    }

    @Test func bytesAtAnyAddressHaveOneHash() {
        let bytes = (0..<77).map { UInt8($0) }
        for shift in 0..<8 {
            let moved = Array(([UInt8](repeating: 9, count: shift) + bytes)[shift...])
            #expect(BytesHash.of(moved) == BytesHash.of(bytes))
        }
    }
}
