import Glibc

/// One connection of a ``ScriptedServer``, used by its thread alone.
final class Connection {
    private let descriptor: Int32
    private var buffered: [UInt8] = []
    private var isOpen = true

    init(descriptor: Int32) {
        self.descriptor = descriptor
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Reads a whole request; nil at the connection's end.
    func readRequest() -> Request? {
        let end = Array("\r\n\r\n".utf8)
        while buffered.firstRange(of: end) == nil {
            guard fill() else { return nil }
        }
        guard let range = buffered.firstRange(of: end) else { return nil }
        let lines = String(decoding: buffered[..<range.lowerBound], as: UTF8.self).split(separator: "\r\n")
        buffered.removeSubrange(..<range.upperBound)
        let words = lines[0].split(separator: " ").map(String.init)
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            return (name: parts[0], value: parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        var request = Request(method: words[0], path: words[1], headers: headers, body: "")
        let length = request["content-length"].flatMap { Int($0) } ?? 0
        while buffered.count < length {
            guard fill() else { return nil }
        }
        request.body = String(decoding: buffered[..<length], as: UTF8.self)
        buffered.removeSubrange(..<length)
        return request
    }

    /// Reads an HTTP/2 client's frames up to those that end a stream; false at the connection's end.
    func readHTTP2Request() -> Bool {
        let preface = 24
        while buffered.count < preface {
            guard fill() else { return false }
        }
        buffered.removeFirst(preface)
        while true {
            while buffered.count < 9 || buffered.count < 9 + length(buffered) {
                guard fill() else { return false }
            }
            let (type, flags, size) = (buffered[3], buffered[4], 9 + length(buffered))
            buffered.removeFirst(size)
            // DATA or HEADERS with END_STREAM.
            if type <= 1, flags & 1 != 0 { return true }
        }
    }

    private func length(_ frame: [UInt8]) -> Int {
        Int(frame[0]) << 16 | Int(frame[1]) << 8 | Int(frame[2])
    }

    func send(_ text: String) {
        send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let flags = Int32(MSG_NOSIGNAL)
            let sent = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, flags) }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }

    /// Waits on the server's own thread.
    func pause(millis: UInt32) {
        usleep(millis * 1_000)
    }

    /// Blocks until the client closes.
    func waitForClose() {
        while fill() {}
    }

    /// Closes with a reset instead of an orderly end.
    func reset() {
        var lingering = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        Glibc.close(descriptor)
    }

    private func fill() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { return false }
        buffered += chunk[..<count]
        return true
    }
}

/// A complete answer with a length.
func answer(_ body: String = "", status: String = "200 OK", headers: [String] = []) -> String {
    let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
}

/// One piece of a chunked body.
func chunk(_ text: String) -> String {
    String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n"
}
