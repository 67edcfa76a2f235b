import Foundation
import Glibc

/// A disk of a few megabytes that a test may fill: a file system in memory.
struct SmallDisk {
    let path: String

    /// Whether this process may mount. A container's root may lack the right: asking is the only way to know.
    static let isPossible: Bool = {
        guard geteuid() == 0 else { return false }
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        probe.arguments = ["unshare", "--mount", "mount", "-t", "tmpfs", "probe", "/mnt"]
        probe.standardError = FileHandle.nullDevice
        guard (try? probe.run()) != nil else { return false }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }()

    /// Runs `body` with a disk of so many megabytes, and unmounts it afterwards.
    static func with<Value>(
        megabytes: Int,
        in scratch: Scratch,
        _ body: (SmallDisk) async throws -> Value
    ) async throws -> Value {
        let disk = SmallDisk(path: scratch.file("disk"))
        try FileManager.default.createDirectory(atPath: disk.path, withIntermediateDirectories: false)
        let options = "size=\(megabytes)m"
        let mount = Invocation("mount", ["-t", "tmpfs", "-o", options, "ape-test", disk.path])
        let mounted = try await ProcessHarness.run(mount, in: scratch)
        guard mounted.exitCode == 0 else { throw HarnessError("mount: \(mounted.errors)") }
        do {
            let value = try await body(disk)
            try await disk.unmount(in: scratch)
            return value
        } catch {
            try? await disk.unmount(in: scratch)
            throw error
        }
    }

    private func unmount(in scratch: Scratch) async throws {
        // Lazily: a program that a failed test left behind must not keep the next one from running.
        let finished = try await ProcessHarness.run(Invocation("umount", ["--lazy", path]), in: scratch)
        guard finished.exitCode == 0 else { throw HarnessError("umount: \(finished.errors)") }
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Leaves no byte free.
    func fill() throws {
        let file = open(file("filler"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw HarnessError("cannot fill \(path): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        var size = 1 << 20
        while size > 0 {
            let block = [UInt8](repeating: 1, count: size)
            if write(file, block, size) <= 0 { size /= 2 }
        }
    }

    /// Gives back what ``fill()`` took.
    func free() throws {
        guard unlink(file("filler")) == 0 else { throw HarnessError("nothing fills \(path)") }
    }
}
