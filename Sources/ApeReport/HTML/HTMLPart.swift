import ApeCore
import ApeRun

/// A part of a page under its name there: what a page that grows replaces as a whole.
package struct HTMLPart: Sendable, Equatable {
    /// Letters and dashes.
    package let id: String
    /// Empty where there is nothing to show.
    package let html: String

    /// A part of some markup.
    package init(_ id: String, html: String) {
        (self.id, self.html) = (id, html)
    }

    init(_ id: String, _ content: Markup) {
        self.id = id
        html = content.html
    }

    /// The element of the page that holds it.
    var container: Markup {
        "<div class=\"part\" id=\"\(id)\">\n\(Markup(html: html))\n</div>"
    }
}
