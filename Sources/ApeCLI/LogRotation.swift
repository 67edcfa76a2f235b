import ApeCore
import FoundationEssentials
import Glibc

/// Keeps the logs of a directory bounded. A log that has grown too long becomes `NAME.log.1`, what that was becomes
/// `NAME.log.2`, and what that was is gone. The log itself goes on under its name, since its writer has it open; lines
/// written in the moment of that are lost.
struct LogRotation: Sendable {
    /// Bytes of a log that may grow no further.
    static let limitBytes = 10 << 20
    /// Earlier logs that are kept.
    static let kept = 2
    private static let period: Duration = .seconds(5)

    var directory: String
    var limitBytes = Self.limitBytes

    /// Looks after the logs until it is cancelled.
    func run() async -> LocalFleet.Event {
        // A cancelled sleep is the good end.
        repeat { rotate() } while (try? await Task.sleep(for: Self.period)) != nil
        return .unwatched
    }

    /// Turns every log over that has grown too long.
    func rotate() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] where name.hasSuffix(".log")
        {
            let path = "\(directory)/\(name)"
            let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
            guard size ?? 0 > limitBytes else { continue }
            for number in stride(from: Self.kept, to: 1, by: -1) {
                rename("\(path).\(number - 1)", "\(path).\(number)")
            }
            // A disk without room for the copy still gets the log's own back.
            try? FileManager.default.copyItem(atPath: path, toPath: "\(path).1")
            truncate(path, 0)
        }
    }
}
