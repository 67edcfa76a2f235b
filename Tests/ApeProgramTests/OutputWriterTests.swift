import ApeCore
import Glibc
import Testing

@testable import ApeProgram

/// A pipe whose reader does as the test likes.
private struct Pipe {
    let reader: Int32
    let writer: Int32

    init() {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [0, 0]
        precondition(pipe(&ends) == 0)
        (reader, writer) = (ends[0], ends[1])
    }

    /// All that comes until the text ends with this.
    func read(until end: String) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 8_192)
        while !bytes.suffix(end.utf8.count).elementsEqual(end.utf8) {
            let count = Glibc.read(reader, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

struct OutputWriterTests {
    @Test func aFullPipeHoldsNobodyUpAndWhatWasDroppedIsTold() {
        let pipe = Pipe()
        let writer = OutputWriter(pipe.writer, limitBytes: 10_000)
        let start = ContinuousClock.now
        for number in 0..<20_000 { writer.write("line \(number)\n") }
        writer.write("the end\n")
        #expect(ContinuousClock.now - start < .seconds(60), "nobody reads: a writer that waits would never be done")
        #expect(!writer.finish(patience: .milliseconds(100)))

        let text = pipe.read(until: "the end\n")
        #expect(writer.finish(patience: .seconds(5)))
        let lines = text.split(separator: "\n")
        let notes = lines.filter { $0.hasSuffix(" lines dropped: the pipe did not take them") }
        let dropped = notes.compactMap { $0.split(separator: " ").first.flatMap { Int($0) } }.reduce(0, +)
        #expect(dropped > 10_000)
        #expect(lines.count - notes.count + dropped == 20_001)
        #expect(lines.last == "the end")
    }

    @Test func whoeverReadsAtLastGetsEverything() {
        let pipe = Pipe()
        let writer = OutputWriter(pipe.writer, limitBytes: 1 << 20)
        let text = String(repeating: "0123456789abcde\n", count: 20_000)
        writer.write(text + "the end\n")
        #expect(!writer.finish(patience: .milliseconds(50)))
        #expect(pipe.read(until: "the end\n") == text + "the end\n")
        #expect(writer.finish(patience: .seconds(30)))
    }

    @Test func aReaderThatIsGoneEndsNothing() {
        let pipe = Pipe()
        close(pipe.reader)
        let writer = OutputWriter(pipe.writer, limitBytes: 1_000)
        for _ in 0..<100 { writer.write("nobody reads this\n") }
        #expect(writer.finish(patience: .seconds(5)))
    }

    @Test func aFullDiskEndsNothing() {
        let file = open("/dev/full", O_WRONLY)
        let writer = OutputWriter(file, limitBytes: 1_000)
        for _ in 0..<100 { writer.write("there is no space for this\n") }
        #expect(writer.finish(patience: .seconds(5)))
    }

    @Test func aPipeThatDoesNotWaitIsWaitedFor() {
        let pipe = Pipe()
        #expect(fcntl(pipe.writer, F_SETFL, O_NONBLOCK) == 0)
        let writer = OutputWriter(pipe.writer, limitBytes: 1 << 20)
        let text = String(repeating: "x", count: 200_000)
        writer.write(text + "\n")
        #expect(!writer.finish(patience: .milliseconds(50)))
        #expect(pipe.read(until: "\n") == text + "\n")
    }

    @Test func theOldestOfABacklogGoes() {
        var backlog = OutputBacklog(limitBytes: 10)
        backlog.append(Array("one\n".utf8))
        backlog.append(Array("two\n".utf8))
        backlog.append(Array("three\n".utf8))
        let taken = backlog.take()
        #expect(taken?.droppedLines == 1)
        #expect(taken.map { String(decoding: $0.bytes, as: UTF8.self) } == "two\nthree\n")
        #expect(backlog.take() == nil)
        backlog.giveBack(7)
        backlog.append(Array(String(repeating: "x", count: 50).utf8))
        #expect(backlog.take()?.droppedLines == 7, "the newest stays, whatever its length")
    }

    @Test func aDeviceThatNobodyReadsIsGivenUp() {
        let path = "/tmp/ape-fifo-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        #expect(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        #expect(throws: ApeError.self) {
            try Files.writeDevice("x", to: path, patience: .milliseconds(100)) { ApeError(.file, $0) }
        }
        let reader = open(path, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        let long = String(repeating: "x", count: 1 << 20)
        let error = #expect(throws: ApeError.self) {
            try Files.writeDevice(long, to: path, patience: .milliseconds(100)) { ApeError(.file, $0) }
        }
        #expect(error?.message == "has no reader that takes what is written")
    }
}
