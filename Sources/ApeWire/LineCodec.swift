import ApeCore

/// Cuts the bytes of one connection into lines and decodes them. What it holds back never grows beyond the limit of
/// one line, whatever the peer sends.
package struct LineCodec: Sendable {
    /// Bytes that a line may have, its linefeed left out. It is raised once both sides have proven themselves, and
    /// holds for the lines not yet taken.
    package var limitBytes: Int
    private var buffer: [UInt8] = []
    /// The first byte not yet taken.
    private var start = 0
    /// Bytes of the line that ``next()`` took last.
    package private(set) var lineBytes = 0
    /// Where the search for a linefeed goes on.
    private var searched = 0
    /// A broken stream stays broken: where its next line begins can no longer be known.
    private var fault: ApeError?

    package init(limitBytes: Int = WireLimit.openingLineBytes) {
        self.limitBytes = limitBytes
    }

    /// Bytes held back.
    var heldBytes: Int { buffer.count - start }

    /// Takes bytes as they came, cut anywhere. ``next()`` must then be called until it returns nil.
    package mutating func append(_ bytes: [UInt8]) {
        guard fault == nil else { return }
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.capacity <= WireLimit.lineBytes)
            start = 0
            searched = 0
        } else if start > 0, start >= buffer.count / 2 {
            buffer.removeFirst(start)
            searched -= start
            start = 0
        }
        let room = WireLimit.lineBytes + 1
        if heldBytes + bytes.count > room, !bytes.contains(UInt8(ascii: "\n")),
            !buffer[searched...].contains(UInt8(ascii: "\n"))
        {
            fail(.lineTooLong, tooLong)
            return
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next message; nil when no whole line is left.
    ///
    /// - Throws: ``ApeError`` when the stream is broken, and the same one from then on.
    package mutating func next() throws(ApeError) -> Message? {
        if let fault { throw fault }
        let linefeed = ByteRun.place(of: UInt8(ascii: "\n"), in: buffer.span, from: searched)
        guard linefeed < buffer.count else {
            searched = buffer.count
            if heldBytes > limitBytes { throw fail(.lineTooLong, tooLong) }
            return nil
        }
        let line = Array(buffer[start..<linefeed])
        start = linefeed + 1
        searched = start
        lineBytes = line.count
        guard line.count <= limitBytes else { throw fail(.lineTooLong, tooLong) }
        do {
            return try Message(line: line)
        } catch {
            throw fail(error.code, error.message)
        }
    }

    private var tooLong: String { "A line has more than \(limitBytes) bytes" }

    @discardableResult
    private mutating func fail(_ code: ApeError.Code, _ message: String) -> ApeError {
        let fault = ApeError(code, message)
        self.fault = fault
        buffer = []
        start = 0
        searched = 0
        return fault
    }
}
