import ApeCore
import ApeProgram
import Glibc

/// A process that is meant, and no other that the system gave its number to later: told by when it started.
struct ProcessIdentity: Sendable, Equatable {
    var name: String
    var pid: pid_t
    /// Clock ticks from the machine's start to the process's.
    var startTicks: Int64
}

extension ProcessIdentity {
    /// The process that has a number now; nil where none has, or only its end is waiting to be noticed.
    init?(name: String, pid: pid_t) {
        guard let startTicks = Self.startTicks(of: pid) else { return nil }
        self.init(name: name, pid: pid, startTicks: startTicks)
    }

    var isAlive: Bool { Self.startTicks(of: pid) == startTicks }

    /// Sends a signal, if it is still this process that would get it.
    func signal(_ number: Int32) {
        if isAlive { kill(pid, number) }
    }

    private static func startTicks(of pid: pid_t) -> Int64? {
        FileReader.system.read("/proc/\(pid)/stat").flatMap(ProcFile.startTicks)
    }

    var json: JSONValue {
        ["name": .string(name), "pid": .integer(Int64(pid)), "start_ticks": .integer(startTicks)]
    }

    init?(json: JSONValue) {
        guard let name = json["name"]?.string, let pid = json["pid"]?.integer.flatMap({ pid_t(exactly: $0) }), pid > 0,
            let startTicks = json["start_ticks"]?.integer
        else { return nil }
        self.init(name: name, pid: pid, startTicks: startTicks)
    }
}
