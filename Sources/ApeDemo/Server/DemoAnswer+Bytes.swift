import NIOCore
import NIOHTTP1

/// How an answer goes over the wire (RFC 9112): what is sent at once is put together as one piece here, of which NIO's
/// encoder makes up to six, each with an account of its own.
extension DemoAnswer {
    /// The head, with the body's length where it is whole.
    ///
    /// - Parameters:
    ///   - version: of HTTP, as the client speaks it.
    ///   - isWhole: whether the body is known to its end.
    ///   - keepsAlive: whether the connection stays.
    ///   - dateMicros: when the answer was begun.
    /// - Returns: the bytes, with room for the body.
    func head(_ version: HTTPVersion, isWhole: Bool, keepsAlive: Bool, dateMicros: Int64) -> ByteBuffer {
        let isOldClient = version != .http1_1
        var bytes = ByteBuffer()
        bytes.reserveCapacity(512 + body.readableBytes)
        bytes.writeString(isOldClient ? "HTTP/\(version.major).\(version.minor) " : "HTTP/1.1 ")
        let status = HTTPResponseStatus(statusCode: status)
        bytes.writeString(String(status.code))
        bytes.writeStaticString(" ")
        bytes.writeString(status.reasonPhrase)
        for header in headers { bytes.writeHeader(header.name, header.value) }
        if isWhole { bytes.writeHeader("Content-Length", String(body.readableBytes)) }
        bytes.writeHeader("Date", DemoClock.httpDate(dateMicros))
        if !keepsAlive {
            bytes.writeHeader("Connection", "close")
        } else if isOldClient {
            bytes.writeHeader("Connection", "keep-alive")
        }
        if !isWhole, !isOldClient { bytes.writeHeader("transfer-encoding", "chunked") }
        bytes.writeStaticString("\r\n\r\n")
        return bytes
    }
}

extension ByteBuffer {
    fileprivate mutating func writeHeader(_ name: String, _ value: String) {
        writeStaticString("\r\n")
        writeString(name)
        writeStaticString(": ")
        writeString(value)
    }

    /// Writes a part of a body whose end is not known yet.
    mutating func writeChunk(_ part: [UInt8]) {
        reserveCapacity(minimumWritableBytes: part.count + 32)
        writeString(String(part.count, radix: 16))
        writeStaticString("\r\n")
        writeBytes(part)
        writeStaticString("\r\n")
    }

    /// Writes the end of a body that came in chunks.
    mutating func writeLastChunk() {
        writeStaticString("0\r\n\r\n")
    }
}
