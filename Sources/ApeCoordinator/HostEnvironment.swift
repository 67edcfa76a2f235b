import ApeCore
import FoundationEssentials
import Glibc

/// Where the coordinator ran, for the report.
enum HostEnvironment {
    /// The host's own name.
    static var hostName: String {
        var system = utsname()
        uname(&system)
        return withUnsafeBytes(of: system.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    static var current: JSONObject {
        var system = utsname()
        uname(&system)
        return [
            "coordinator_host": .string(ProcessInfo.processInfo.hostName),
            "operating_system": .string(ProcessInfo.processInfo.operatingSystemVersionString),
            "kernel": .string(
                withUnsafeBytes(of: system.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            ),
            "cpus": .integer(Int64(ProcessInfo.processInfo.activeProcessorCount)),
            "memory_bytes": .integer(Int64(clamping: ProcessInfo.processInfo.physicalMemory)),
        ]
    }
}
