import ApeCore
import Synchronization

/// A regular expression that many agents share.
final class TextPattern: Sendable {
    /// A compiled expression is no `Sendable` value, so that it is used under a lock.
    private let expression: Mutex<Regex<AnyRegexOutput>>

    /// - Throws: ``ApeError`` of code `scenario` that shows the expression.
    init(_ text: String) throws(ApeError) {
        do {
            expression = Mutex(try Regex(text))
        } catch {
            throw ApeError(.scenario, "`\(text.prefix(80))` is no regular expression", cause: "\(error)")
        }
    }

    /// Whether it matches somewhere in `text`.
    func matches(_ text: String) -> Bool {
        expression.withLock { (try? $0.firstMatch(in: text)) != nil }
    }
}
