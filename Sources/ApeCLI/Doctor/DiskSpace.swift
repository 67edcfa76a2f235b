import ApeCore
import ApeProgram
import Glibc

/// Whether the results directory takes a run.
enum DiskSpace {
    /// A run's database grows by this much an hour with 1,000 agents.
    static let bytesPerHour: Int64 = 120 << 20
    static let faultBytes: Int64 = 64 << 20

    /// Looks at the directory, or at the nearest one above it that is there.
    static func finding(results: String) -> Finding {
        let place = existing(results)
        var status = statvfs()
        guard statvfs(place, &status) == 0 else {
            let reason = String(cString: strerror(errno))
            return Finding(
                "disk",
                .fault,
                "\(place) cannot be looked at: \(reason).",
                fix: ["choose another --results"]
            )
        }
        let free = freeBytes(status)
        return finding(results: results, place: place, freeBytes: free, isWritable: access(place, W_OK | X_OK) == 0)
    }

    /// How many bytes are free where a directory is or would be; nil where that cannot be told.
    static func freeBytes(results: String) -> Int64? {
        var status = statvfs()
        return statvfs(existing(results), &status) == 0 ? freeBytes(status) : nil
    }

    private static func freeBytes(_ status: statvfs) -> Int64 {
        Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }

    static func finding(results: String, place: String, freeBytes: Int64, isWritable: Bool) -> Finding {
        let check = "disk"
        guard isWritable else {
            let fix = ["choose another directory with --results, or: chown \"$USER\" \(place)"]
            return Finding(check, .fault, "\(place), where \(results) is to be kept, cannot be written to.", fix: fix)
        }
        let hours = freeBytes / bytesPerHour
        let message = "\(freeBytes >> 20) MiB are free for \(results): about \(hours) h of a run of 1,000 agents."
        if freeBytes < faultBytes {
            return Finding(check, .fault, message, fix: ["make room, or choose another --results"])
        }
        if hours < 8 { return Finding(check, .warning, message, fix: ["make room, or choose another --results"]) }
        return Finding(check, .ok, message)
    }

    private static func existing(_ path: String) -> String {
        var path = path
        while access(path, F_OK) != 0 {
            guard let slash = path.lastIndex(of: "/") else { return "." }
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
        return path
    }
}
