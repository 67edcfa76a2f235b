import ApeCore
import ApeTransfer

/// What a receiver said to an export.
enum OTLPAnswer: Sendable, Equatable {
    static let bodyLimit = 64 * 1024
    /// Answers after which the same may be sent again.
    private static let retryable = [429, 502, 503, 504]

    /// It took it, but for so many items of it.
    case taken(rejected: Int64, words: String)
    /// It will never take it.
    case refused(reason: String)
    /// It may take it later; after so many microseconds where it says so.
    case later(reason: String, afterMicros: Int64?)

    init(_ response: TransferResponse) {
        let status = response.status
        if (200..<300).contains(status) {
            let partial = PartialSuccess(response)
            self = .taken(rejected: partial.rejected, words: partial.words)
        } else if Self.retryable.contains(status) {
            let seconds = response.header("retry-after").flatMap { Double($0) }.flatMap {
                $0 >= 0 ? min($0, 3_600) : nil
            }
            self = .later(
                reason: "the receiver answered \(status)",
                afterMicros: seconds.map { Int64($0 * 1_000_000) }
            )
        } else if (300..<400).contains(status) {
            let place = response.header("location").map { " to \($0.cut(to: 200))" } ?? ""
            self = .refused(
                reason: "the receiver answered \(status)\(place): name the place itself, redirects are not followed"
            )
        } else {
            let text = Self.text(response)
            self = .refused(reason: "the receiver answered \(status)\(text.isEmpty ? "" : ": \(text)")")
        }
    }

    /// What it says in words, which a receiver of protobuf says in a `Status`, whose message is field 2.
    private static func text(_ response: TransferResponse) -> String {
        let kind = response.header("content-type") ?? ""
        if kind.hasPrefix("application/x-protobuf") {
            return ProtobufFields(response.body)?.text(2).cut(to: 200) ?? ""
        }
        if kind.hasPrefix("application/json") {
            let json = try? JSONValue(parsing: String(decoding: response.body, as: UTF8.self))
            return json?["message"]?.string?.cut(to: 200) ?? ""
        }
        return kind.hasPrefix("text/plain") ? String(decoding: response.body.prefix(200), as: UTF8.self) : ""
    }
}

/// What a receiver did not take of an export that it took: `partial_success` of its answer.
private struct PartialSuccess {
    var rejected: Int64 = 0
    var words = ""

    init(_ response: TransferResponse) {
        if (response.header("content-type") ?? "").hasPrefix("application/json") {
            let json = try? JSONValue(parsing: String(decoding: response.body, as: UTF8.self))
            let partial = json?["partialSuccess"]
            let number = partial?["rejectedSpans"] ?? partial?["rejectedDataPoints"]
            rejected = max(0, number?.integer ?? number?.string.flatMap { Int64($0) } ?? 0)
            words = (partial?["errorMessage"]?.string ?? "").cut(to: 200)
            return
        }
        guard let answer = ProtobufFields(response.body), let partial = ProtobufFields(answer.bytes(1)) else { return }
        rejected = max(0, partial.integer(1))
        words = partial.text(2).cut(to: 200)
    }
}

/// The fields of a short message of Protocol Buffers; the last of a number counts.
struct ProtobufFields {
    private var integers: [UInt64: UInt64] = [:]
    private var texts: [UInt64: [UInt8]] = [:]

    /// nil for bytes that are no message.
    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let tag = Self.varint(&rest) else { return nil }
            switch tag & 7 {
            case 0:
                guard let value = Self.varint(&rest) else { return nil }
                integers[tag >> 3] = value
            case 1:
                guard rest.count >= 8 else { return nil }
                rest = rest.dropFirst(8)
            case 2:
                guard let count = Self.varint(&rest), count <= UInt64(rest.count) else { return nil }
                texts[tag >> 3] = Array(rest.prefix(Int(count)))
                rest = rest.dropFirst(Int(count))
            case 5:
                guard rest.count >= 4 else { return nil }
                rest = rest.dropFirst(4)
            default: return nil
            }
        }
    }

    func integer(_ number: UInt64) -> Int64 { Int64(bitPattern: integers[number] ?? 0) }

    func bytes(_ number: UInt64) -> [UInt8] { texts[number] ?? [] }

    func text(_ number: UInt64) -> String { String(decoding: bytes(number), as: UTF8.self) }

    private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte < 0x80 { return value }
        }
        return nil
    }
}
