import ArgumentParser

/// The format of log lines.
package enum LogFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case text, json
}
