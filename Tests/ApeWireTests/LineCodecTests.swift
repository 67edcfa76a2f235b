import ApeCore
import Testing

@testable import ApeWire

@Suite("Lines of a hostile or broken peer")
struct LineCodecTests {
    private func messages(_ codec: inout LineCodec, _ bytes: [UInt8]) throws -> [Message] {
        codec.append(bytes)
        var taken: [Message] = []
        while let message = try codec.next() { taken.append(message) }
        return taken
    }

    private func fault(of line: String, limit: Int = WireLimit.lineBytes) -> ApeError? {
        var codec = LineCodec(limitBytes: limit)
        do {
            _ = try messages(&codec, Array(line.utf8) + [10])
            return nil
        } catch {
            return error as? ApeError
        }
    }

    @Test("Messages come out whole however the bytes are cut", arguments: 1...9)
    func anyCut(size: Int) throws {
        let sent: [Message] = [
            .ping(Ping(id: 7, sent: FleetTime(micros: 12))), .prepared(Prepared(run: "r1")),
            .leave(Leave(reason: "größer\n")),
        ]
        let bytes = sent.flatMap(\.line)
        var codec = LineCodec()
        var received: [Message] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            received += try messages(&codec, Array(bytes[start..<min(start + size, bytes.count)]))
        }
        #expect(received == sent)
        #expect(codec.heldBytes == 0)
    }

    @Test("A flood without a linefeed is refused and never held")
    func flood() throws {
        var codec = LineCodec(limitBytes: WireLimit.openingLineBytes)
        #expect(throws: ApeError.self) {
            for _ in 0..<1000 {
                #expect(codec.heldBytes <= WireLimit.openingLineBytes)
                _ = try messages(&codec, [UInt8](repeating: 0x7B, count: 100))
            }
        }
        #expect(codec.heldBytes == 0)
        codec.append([UInt8](repeating: 0x20, count: 3 * WireLimit.lineBytes))
        #expect(codec.heldBytes == 0)
        #expect(throws: ApeError.self) { try codec.next() }
    }

    @Test("One huge read without a linefeed is not even copied")
    func hugeRead() {
        var codec = LineCodec(limitBytes: WireLimit.lineBytes)
        codec.append([UInt8](repeating: 0x20, count: 3 * WireLimit.lineBytes))
        #expect(codec.heldBytes == 0)
        #expect { try codec.next() } throws: { ($0 as? ApeError)?.code == .lineTooLong }
    }

    @Test("The limit is the line's own, and holds for the lines not yet taken")
    func limit() throws {
        let padding = String(repeating: "x", count: WireLimit.openingLineBytes)
        let long = #"{"type":"leave","reason":"go","padding":"\#(padding)"}"#
        #expect(fault(of: long, limit: WireLimit.openingLineBytes)?.code == .lineTooLong)
        var codec = LineCodec()
        codec.append(Message.leave(Leave(reason: "go")).line + Array(long.utf8) + [10])
        #expect(try codec.next() == .leave(Leave(reason: "go")))
        codec.limitBytes = WireLimit.lineBytes
        #expect(try codec.next() == .leave(Leave(reason: "go")))
    }

    @Test(
        "What is no APE message is refused by name",
        arguments: [
            ("", "found the end"),
            ("hello", "expected a value"),
            ("[]", "not a JSON object"),
            ("7", "not a JSON object"),
            (#"{"type":"leave"}"#, "leave.reason is missing"),
            (#"{"type":7}"#, "message.type is not a string"),
            (#"{"reason":"go"}"#, "message.type is missing"),
            (#"{"type":"leave","reason":"a","reason":"b"}"#, "stands twice"),
            (#"{"type":"leave","reason":"a","x":{"y":1,"y":2}}"#, "stands twice"),
            (#"{"type":"ack","run":"r","seq":NaN}"#, "expected a value"),
            (#"{"type":"ack","run":"r","seq":-1}"#, "outside 0"),
            (#"{"type":"ack","run":"r","seq":1.5}"#, "not an integer"),
            (#"{"type":"ack","run":"r","seq":"1"}"#, "not an integer"),
            (#"{"type":"ack","run":"r","seq":9007199254740992}"#, "outside 0"),
            (#"{"type":"ack","run":"r","seq":99999999999999999999}"#, "not an integer"),
            (#"{"type":"ack","run":"r","seq":1e999}"#, "ack.seq is not an integer"),
            (#"{"type":"ack","run":"../etc","seq":1}"#, "letters, digits"),
            (#"{"type":"ack","run":"a\nb","seq":1}"#, "letters, digits"),
            (#"{"type":"stop","run":"r","reason":"bored"}"#, "none of finished, aborted"),
            (#"{"type":"greet","protocol":{"major":1,"minor":0},"coordinator":"c","nonce":"short"}"#, "32 bytes"),
            (
                #"{"type":"assign","run":"r","revision":1,"stage":0,"agents":[[5,9],[7,8]],"start_us":0,"ramp_us":0,"hold_us":0}"#,
                "rising ranges"
            ),
            (
                #"{"type":"assign","run":"r","revision":1,"stage":0,"agents":[[9,5]],"start_us":0,"ramp_us":0,"hold_us":0}"#,
                "rising ranges"
            ),
            (
                #"{"type":"assign","run":"r","revision":1,"stage":0,"agents":[],"start_us":0,"ramp_us":-1,"hold_us":0}"#,
                "assign.ramp_us is -1"
            ),
        ]
    )
    func refused(line: String, reason: String) {
        let fault = fault(of: line)
        #expect(fault?.code == .malformed)
        #expect(fault?.message.contains(reason) == true, "\(fault?.message ?? "accepted")")
    }

    @Test("Deep nesting is refused, not recursed into")
    func deep() {
        let deep = #"{"type":"leave","reason":"a","x":"# + String(repeating: "[", count: 100_000)
        #expect(fault(of: deep)?.message.contains("nested deeper") == true)
    }

    @Test("Bytes that are not UTF-8 are refused")
    func notUTF8() {
        var codec = LineCodec()
        codec.append(Array(#"{"type":"leave","reason":""#.utf8) + [0xFF, 0xFE] + Array("\"}\n".utf8))
        #expect { try codec.next() } throws: { ($0 as? ApeError)?.message == "The line is not UTF-8" }
    }

    @Test("Unknown fields are ignored, unknown types are told apart")
    func unknown() throws {
        var codec = LineCodec()
        let bytes = Array(
            "{\"type\":\"dance\",\"steps\":3}\n{\"new\":[1],\"type\":\"prepared\",\"run\":\"r\"}\r\n".utf8
        )
        #expect(try messages(&codec, bytes) == [.unknown("dance"), .prepared(Prepared(run: "r"))])
    }

    @Test("Cut short anywhere, a window is refused, by its number once that stands there; nothing traps")
    func everyPrefix() throws {
        let line = Message.window(.sample(series: 2)).line
        for length in 0..<(line.count - 1) {
            var codec = LineCodec(limitBytes: WireLimit.lineBytes)
            let end = end(&codec, Array(line[..<length]) + [10])
            #expect(end == "refused" || end == "unreadable" && length > 47, "\(length): \(end)")
        }
    }

    @Test("Every byte flipped, a window is read, held back, refused or of an unknown type; nothing traps")
    func everyFlip() {
        let line = Message.window(.sample(series: 2)).line
        var ends: [String: Int] = [:]
        for index in line.indices {
            for bit in [UInt8(1), 0x10, 0x80] {
                var broken = line
                broken[index] ^= bit
                var codec = LineCodec(limitBytes: WireLimit.lineBytes)
                ends[end(&codec, broken), default: 0] += 1
            }
        }
        // Without its end a line is held back. Of the six letters of "window", the high bit breaks UTF-8.
        #expect(ends["held back"] == 3)
        #expect(ends["unknown"] == 6 * 2)
        #expect(Set(ends.keys) == ["held back", "unknown", "unreadable", "read", "refused"])
    }

    /// How the reading of one line ends.
    private func end(_ codec: inout LineCodec, _ line: [UInt8]) -> String {
        do {
            switch try messages(&codec, line).first {
            case .window: return "read"
            case .none: return "held back"
            case .unknown: return "unknown"
            case .unreadable: return "unreadable"
            case .some(let other): return "read as \(other)"
            }
        } catch {
            return "refused"
        }
    }
}
