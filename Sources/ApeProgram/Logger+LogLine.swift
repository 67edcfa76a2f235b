import ApeCore
import Logging

extension Logger {
    /// Writes a line of the fleet machine's.
    package func log(_ line: LogLine) {
        log(level: Logger.Level(line.level), "\(line.message)", metadata: line.metadata.mapValues { .string($0) })
    }
}

extension Logger.Level {
    fileprivate init(_ level: LogLine.Level) {
        self =
            switch level {
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            }
    }
}
