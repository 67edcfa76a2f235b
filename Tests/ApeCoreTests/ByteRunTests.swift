import Testing

@testable import ApeCore

struct ByteRunTests {
    /// The bytes that end a run, and those beside them.
    private static let edges: [UInt8] = [
        0, 1, 0x09, 0x0A, 0x0C, 0x0D, 0x0E, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x5B, 0x5C, 0x5D, 0x7E, 0x7F, 0x80, 0x81,
        0x8A,
        0x8D, 0x9F, 0xA0, 0xA2, 0xDC, 0xFF,
    ]

    @Test func everyByteIsFoundAtEveryPlace() {
        for byte in Self.edges {
            for count in 0..<20 {
                for place in 0..<max(1, count) {
                    var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: count)
                    if place < count { bytes[place] = byte }
                    let special = bytes.firstIndex(where: ByteRun.isSpecial) ?? count
                    #expect(ByteRun.plainEnd(bytes, from: 0, to: count) == special, "\(byte) at \(place) of \(count)")
                    let line = bytes.firstIndex { $0 == 0x0A || $0 == 0x0D } ?? count
                    #expect(ByteRun.lineEnd(bytes, from: 0) == line, "\(byte) at \(place) of \(count)")
                }
            }
        }
    }

    @Test func randomBytesAreReadAsOneByOne() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<2_000 {
            let bytes = (0..<40).map { _ in Self.edges[Int(random.next() % UInt64(Self.edges.count))] }
            let start = Int(random.next() % 40)
            let end = start + Int(random.next() % UInt64(41 - start))
            let special = bytes[start..<end].firstIndex(where: ByteRun.isSpecial) ?? end
            #expect(ByteRun.plainEnd(bytes, from: start, to: end) == special)
            let line = bytes[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? 40
            #expect(ByteRun.lineEnd(bytes, from: start) == line)
        }
    }

    @Test func aByteIsFoundWhereItStandsFirst() {
        for count in 0...20 {
            for place in 0...count {
                var bytes = [UInt8](repeating: 0x61, count: count)
                if place < count { bytes[place] = 0x0A }
                if place + 3 < count { bytes[place + 3] = 0x0A }
                for start in 0...count {
                    let wanted = bytes[start...].firstIndex(of: 0x0A) ?? count
                    #expect(ByteRun.place(of: 0x0A, in: bytes.span, from: start) == wanted)
                }
            }
        }
    }

    @Test func oneByteBeyondASCIIIsSeenWhereverItStands() {
        for count in 0...20 {
            let plain = [UInt8](repeating: 0x7F, count: count)
            #expect(ByteRun.isASCII(plain, from: 0, to: count))
            for place in 0..<count {
                var bytes = plain
                bytes[place] = 0x80
                #expect(!ByteRun.isASCII(bytes, from: 0, to: count))
                #expect(ByteRun.isASCII(bytes, from: place + 1, to: count))
                #expect(ByteRun.isASCII(bytes, from: 0, to: place))
            }
        }
    }

    @Test func bytesAgreeOnlyWhereEachDoes() {
        let bytes = Array("{\"id\":\"chatcmpl-1\",\"choices\":[]}".utf8)
        for count in 0...bytes.count {
            for start in 0...(bytes.count - count) {
                let wanted = [0, 0] + Array(bytes[start..<(start + count)])
                #expect(ByteRun.agrees(wanted, 2, with: bytes, start, count: count))
                for place in 0..<count {
                    var other = wanted
                    other[place + 2] ^= 1
                    #expect(!ByteRun.agrees(other, 2, with: bytes, start, count: count))
                }
            }
        }
    }
}
