import Foundation
import Glibc

/// What runs, read from /proc: for proofs that a run leaves nothing behind.
enum LiveProcesses {
    /// The processes of a session, zombies not counted, since those only wait to be reaped.
    static func ofSession(_ session: Int32) -> [Int32] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.filter { pid in
            guard let fields = statFields(pid) else { return false }
            return fields.session == session && fields.state != "Z"
        }
    }

    static func isGone(_ pid: Int32) -> Bool {
        statFields(pid).map { $0.state == "Z" } ?? true
    }

    static func kill(_ pids: [Int32]) {
        for pid in pids { _ = Glibc.kill(pid, SIGKILL) }
    }

    /// The state letter and the session of a process. The program's name may hold spaces and brackets, so fields are
    /// counted from the last bracket.
    private static func statFields(_ pid: Int32) -> (state: String, session: Int32)? {
        guard let text = textOfFile("/proc/\(pid)/stat"), let bracket = text.lastIndex(of: ")") else { return nil }
        let fields = text[bracket...].split(separator: " ")
        guard fields.count > 4, let session = Int32(fields[4]) else { return nil }
        return (String(fields[1]), session)
    }
}
