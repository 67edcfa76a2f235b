/// How much a line or an event matters.
package enum Level: String, Sendable, CaseIterable {
    case debug
    case info
    case warning
    case error
}
