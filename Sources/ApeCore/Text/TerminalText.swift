/// Text for standard output and standard error. What is written out in the source stands as it is; whatever is put into
/// it is a line of words (``PlainText``), so that a message cannot be printed in any other way.
package struct TerminalText: Sendable, Equatable, ExpressibleByStringInterpolation {
    package private(set) var string: String

    package init(stringLiteral value: String) {
        string = value
    }

    package init(stringInterpolation: StringInterpolation) {
        string = stringInterpolation.string
    }

    /// One line for each text, each ended by a newline. Styles stay.
    package init(lines: some Sequence<String>) {
        string = lines.reduce(into: "") { $0 += TerminalStyle.words($1) + "\n" }
    }

    /// A text that has been laid out in lines. Whatever in it came from others has become a line of words before.
    package init(document: String) {
        let lines = document.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        string = lines.map { TerminalStyle.words(String($0)) }.joined(separator: "\n")
    }

    /// A document as indented JSON: its texts are as they were, but every scalar that is no word is written as `\uXXXX`.
    package init(_ json: JSONValue) {
        // A hash stands in texts only.
        string = json.prettyText.replacing("##", with: "\\u0023#")
    }

    package var isEmpty: Bool { string.isEmpty }

    package static func + (one: TerminalText, other: TerminalText) -> TerminalText {
        var sum = one
        sum.string += other.string
        return sum
    }

    /// Takes what is put into a text.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var string = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            string.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            string += literal
        }

        package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            string += PlainText.line(value.description)
        }

        package mutating func appendInterpolation(_ text: TerminalText) {
            string += text.string
        }

        /// A scenario's problems stand each on a line of its own, so that editors can jump to them.
        package mutating func appendInterpolation(_ error: ApeError) {
            guard error.code == .scenario else { return appendInterpolation(error.description) }
            let problems = error.description.unicodeScalars.split(separator: "\n")
            string += problems.map { PlainText.line(String($0)) }.joined(separator: "\n")
        }

        package mutating func appendInterpolation(_ error: any Error) {
            if let error = error as? ApeError { return appendInterpolation(error) }
            string += PlainText.line("\(error)")
        }
    }
}
