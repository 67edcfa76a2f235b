import ApeCore
import ApeMetrics
import ApeRun

/// Text that is HTML. Strings that are put into it are escaped, so that nothing from outside can become markup.
struct Markup: Sendable, Equatable, ExpressibleByStringInterpolation {
    let html: String

    /// HTML as it stands in the source.
    init(stringLiteral value: String) {
        html = value
    }

    /// What is markup already.
    init(html: String) {
        self.html = html
    }

    init(stringInterpolation: StringInterpolation) {
        html = stringInterpolation.html
    }

    init(joining parts: [Markup]) {
        html = parts.map(\.html).joined(separator: "\n")
    }

    static let empty: Markup = ""

    struct StringInterpolation: StringInterpolationProtocol {
        var html = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            html.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) {
            html += literal
        }

        /// Text, for an element's content or a quoted attribute's value.
        mutating func appendInterpolation(_ text: String) {
            html += XMLText.escaped(text)
        }

        mutating func appendInterpolation(_ markup: Markup) {
            html += markup.html
        }

        mutating func appendInterpolation(_ parts: [Markup]) {
            for part in parts { html += part.html }
        }

        mutating func appendInterpolation(_ number: Int) {
            html += String(number)
        }

        /// A coordinate or a percentage.
        mutating func appendInterpolation(_ number: Double) {
            html += Decimals.text(number, places: 1)
        }
    }
}
