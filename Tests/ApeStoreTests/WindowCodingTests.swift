import ApeCore
import ApeMetrics
import Testing

@testable import ApeStore

@Suite struct WindowCodingTests {
    @Test func everyIntegerComesBack() throws {
        var writer = ByteWriter()
        let signed: [Int64] = [0, 1, -1, 63, 64, -64, -65, 8_191, 8_192, .max, .min, .max - 1]
        let unsigned: [UInt64] = [0, 127, 128, 16_383, 16_384, .max, 1 << 63]
        for value in signed { writer.write(value) }
        for value in unsigned { writer.write(unsigned: value) }
        var reader = ByteReader(writer.bytes)
        for value in signed { #expect(try reader.int64() == value) }
        for value in unsigned { #expect(try reader.unsigned() == value) }
        #expect(reader.isAtEnd)
    }

    @Test(
        arguments: [
            [0x80], [0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],
            [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
        ] as [[UInt8]]
    )
    func brokenIntegersAreRefused(bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        #expect(throws: ByteReader.Malformed.self) { try reader.unsigned() }
    }

    @Test func aWindowWithoutAnythingComesBack() throws {
        let window = Window(
            run: "r",
            seq: .max,
            stage: -1,
            revision: 0,
            phase: .drain,
            startMicros: .min,
            endMicros: .max,
            assigned: 0,
            active: -3
        )
        #expect(try WindowCoding.window(from: WindowCoding.bytes(of: window), run: "r", seq: .max) == window)
    }

    @Test func cutAndChangedBytesNeverTrap() throws {
        let bytes = WindowCoding.bytes(of: StoreFixture.window(seq: 2))
        for length in 0..<bytes.count {
            #expect(throws: ByteReader.Malformed.self) {
                try WindowCoding.window(from: Array(bytes[..<length]), run: "r", seq: 1)
            }
        }
        #expect(throws: ByteReader.Malformed.self) { try WindowCoding.window(from: bytes + [0], run: "r", seq: 1) }
        var random = SeededRandom(seed: 7)
        for _ in 0..<20_000 {
            var changed = bytes
            for _ in 0...(random.next() % 4) {
                changed[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            _ = try? WindowCoding.window(from: changed, run: "r", seq: 1)
        }
    }
}
