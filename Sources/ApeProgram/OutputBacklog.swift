/// Text that waits to be written: bounded, oldest out first.
struct OutputBacklog: Sendable {
    /// Bytes that are taken at a time: what a pipe takes in one piece.
    static let pieceBytes = 4_096

    private let limitBytes: Int
    private var texts: [[UInt8]] = []
    /// The first text that is not taken.
    private var first = 0
    private var bytes = 0
    /// Lines that were dropped and not told yet; all of them came before what waits.
    private var droppedLines = 0

    init(limitBytes: Int = 0) {
        self.limitBytes = limitBytes
    }

    var isEmpty: Bool { first == texts.count }

    /// Takes a text in; older ones go where there are too many bytes. The newest stays, whatever its length.
    mutating func append(_ text: [UInt8]) {
        texts.append(text)
        bytes += text.count
        while bytes > limitBytes, texts.count - first > 1 {
            droppedLines += texts[first].count { $0 == UInt8(ascii: "\n") }
            bytes -= texts[first].count
            texts[first] = []
            first += 1
        }
        compact()
    }

    /// Lines that came before what waits could not be written.
    mutating func giveBack(_ lines: Int) {
        droppedLines += lines
    }

    /// Takes the oldest texts out, and the number of lines that were dropped before them; nil where nothing waits.
    mutating func take() -> (bytes: [UInt8], droppedLines: Int)? {
        guard !isEmpty else { return nil }
        var taken = texts[first]
        first += 1
        while first < texts.count, taken.count + texts[first].count <= Self.pieceBytes {
            taken += texts[first]
            first += 1
        }
        bytes -= taken.count
        compact()
        defer { droppedLines = 0 }
        return (taken, droppedLines)
    }

    private mutating func compact() {
        guard first > 64, first * 2 > texts.count else { return }
        texts.removeFirst(first)
        first = 0
    }
}
