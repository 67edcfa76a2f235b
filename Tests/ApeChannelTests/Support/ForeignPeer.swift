import Foundation
import Glibc
import Synchronization
import Testing

/// `openssl s_client` or `openssl s_server`: the other end, by other people.
final class ForeignPeer: Sendable {
    private let process: Process
    private let input: Pipe
    private let said: AsyncStream<Data>
    private let text = Mutex("")

    /// Starts `openssl` with the words of `command`.
    init(_ command: String) throws {
        process = Process()
        input = Pipe()
        let output = Pipe()
        process.executableURL = URL(filePath: try #require(TestAuthority.openssl))
        process.arguments = command.split(separator: " ").map(String.init)
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        let (said, saying) = AsyncStream<Data>.makeStream()
        self.said = said
        try process.run()
        Self.read(dup(output.fileHandleForReading.fileDescriptor), into: saying)
    }

    /// Reads to the end on a thread of its own, which owns the descriptor. Foundation's `readabilityHandler` would watch a
    /// descriptor that the pipe's end closes, and libdispatch follows the pointer that is left of it.
    private static func read(_ descriptor: Int32, into said: AsyncStream<Data>.Continuation) {
        Thread.detachNewThread {
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            while true {
                let data = handle.availableData
                guard !data.isEmpty else { return said.finish() }
                said.yield(data)
            }
        }
    }

    /// Threads of the concurrency runtime block the gentler signals, and what they start inherits that.
    deinit {
        kill(process.processIdentifier, SIGKILL)
    }

    func say(_ line: String) {
        // A peer that has ended hears nothing.
        try? input.fileHandleForWriting.write(contentsOf: Data(line.utf8))
    }

    /// What the peer printed up to and with a text, from where the last call left off.
    @discardableResult
    func heard(_ expected: String) async throws -> String {
        var all = text.withLock { $0 }
        var chunks = said.makeAsyncIterator()
        while !all.contains(expected), let data = await chunks.next() { all += String(decoding: data, as: UTF8.self) }
        let end = try #require(all.range(of: expected), "no '\(expected)' in: \(all)").upperBound
        text.withLock { $0 = String(all[end...]) }
        return String(all[..<end])
    }
}
