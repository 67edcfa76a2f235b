/// The part of an answer that has been received so far.
struct AnswerBuffer {
    /// The longest block of headers, trailers included, in bytes.
    static let headerLimit = 256 << 10
    /// The most bytes of body that are read after a stream's reader has finished, so that the connection can be reused.
    static let drainLimit = 64 << 10

    /// The number of bytes that the headers of most answers fit in.
    private static let usualHeaderBytes = 384

    private let bodyLimit: Int
    private(set) var status = 0
    private(set) var headers = TransferHeaders()
    private(set) var body: [UInt8] = []
    private(set) var bodyBytes = 0
    private(set) var firstByteMicros: Int64 = 0
    /// Whether the empty line that ends the headers has been received. libcurl also accepts the connection's end.
    private(set) var isHeadWhole = false
    /// Whether the body is a stream of events.
    private(set) var isStream = false
    /// When the kept parts of a stream came.
    private(set) var arrivals: [BodyArrival] = []
    /// Whether the body is kept, up to its limit: no reader has taken any of it.
    private(set) var isKept = true
    private var drainedBytes = 0
    var isFinishedByReader = false
    var sentCookie = false
    /// What is wrong with a cookie that the request left out, or that the answer set.
    var cookieTrouble: String?

    init(bodyLimit: Int = 0) {
        self.bodyLimit = bodyLimit
    }

    /// Whether bytes of the body were dropped.
    var isTruncated: Bool {
        isKept && body.count < bodyBytes
    }

    /// Takes one header line, its line end included.
    ///
    /// - Returns: false where the block is longer than ``headerLimit``.
    mutating func addHeader(_ line: UnsafeRawBufferPointer, now: () -> Int64) -> Bool {
        if firstByteMicros == 0 { firstByteMicros = now() }
        if line.count <= 2, status != 0 { isHeadWhole = true }
        if let status = Self.status(of: line) {
            isHeadWhole = false
            // An informational answer precedes the final one.
            self.status = status
            isStream = false
            headers.block.removeAll(keepingCapacity: true)
            headers.block.reserveCapacity(Self.usualHeaderBytes)
            return true
        }
        guard headers.block.count + line.count <= Self.headerLimit else { return false }
        headers.block.append(contentsOf: line)
        if let first = line.first, first | 0x20 == UInt8(ascii: "c"), let isNamed = StreamType.isNamed(in: line) {
            isStream = isNamed
        }
        return true
    }

    /// Counts bytes of the body, and keeps them up to the limit where no reader takes them.
    mutating func addBody(_ bytes: UnsafeRawBufferPointer, isKept: Bool) {
        bodyBytes += bytes.count
        self.isKept = isKept
        guard isKept, body.count < bodyLimit else { return }
        body.append(contentsOf: bytes.prefix(bodyLimit - body.count))
    }

    /// Notes that the bytes so far are here.
    mutating func noteArrival(at now: Int64) {
        guard isStream, arrivals.last?.endByte != body.count else { return }
        arrivals.append(BodyArrival(endByte: body.count, atMicros: now))
    }

    /// Counts bytes after the reader has finished.
    ///
    /// - Returns: false where there are too many to wait for their end.
    mutating func drain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        drainedBytes += bytes.count
        return drainedBytes <= Self.drainLimit
    }

    /// The code of a status line, `HTTP/1.1 200 OK` or `HTTP/2 200`; nil for any other line.
    private static func status(of line: UnsafeRawBufferPointer) -> Int? {
        guard line.count >= 10, line.starts(with: "HTTP/".utf8) else { return nil }
        guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        let digits = line[(space + 1)...].prefix(3)
        return digits.reduce(0) { $0 * 10 + Int($1) - Int(UInt8(ascii: "0")) }
    }
}
