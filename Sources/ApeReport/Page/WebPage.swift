import ApeCore
import ApeRun

/// A page that a program serves. It loads nothing but the files in ``WebFile``, from the program itself.
package struct WebPage: Sendable {
    /// Scripts and styles come from the program's own files alone; nothing in the page's markup runs or styles anything,
    /// whatever a name from outside might try. A picture is the page's icon, and the program is all that it speaks to.
    package static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'self'; frame-ancestors 'none'"

    /// The pages that each links to.
    private static let places = [("/", "Run"), ("/runs", "Runs"), ("/trend", "Trend")]

    let title: String
    /// Where it is, such as `/runs`: the link to it is marked.
    var path: String?
    /// Whether there is a run that goes on, at `/`.
    var hasRun: Bool
    /// Beside those of each page.
    var scripts: [String] = []
    /// Attributes of the body, by name.
    var data: [(name: String, value: String)] = []
    /// Between the links and the content.
    var head: Markup
    var content: Markup
    var foot: Markup = .empty

    /// The whole document.
    package var text: String {
        let scripts = (["tables.js"] + scripts).map { name -> Markup in
            "<script src=\"/page/\(name)\" defer></script>"
        }
        let attributes = data.map { name, value -> Markup in " data-\(name)=\"\(value)\"" }
        let page: Markup = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="APE \(ApeVersion.text)">
            <title>\(title)</title>
            <link rel="icon" type="image/svg+xml" href="/page/icon.svg">
            <link rel="stylesheet" href="/page/style.css">\(scripts)</head>
            <body\(attributes)>
            <a class="skip" href="#content">Skip to the content</a>
            \(links)
            <header class="part" id="\(HTMLReport.headID)">
            \(head)
            </header>
            <main id="content" tabindex="-1">
            \(content)
            </main>
            <footer>\(foot)</footer>
            </body></html>

            """
        return page.html
    }

    private var links: Markup {
        let links = Self.places.filter { hasRun || $0.0 != "/" }.map { path, name -> Markup in
            let mark: Markup = path == self.path ? " aria-current=\"page\"" : ""
            return "<a href=\"\(path)\"\(mark)>\(name)</a>"
        }
        return "<nav aria-label=\"Pages\">\(Markup(joining: links))</nav>"
    }
}

extension WebPage {
    /// A page that says why there is no other.
    ///
    /// - Parameters:
    ///   - title: what went wrong, in a few words.
    ///   - message: a sentence.
    ///   - hasRun: whether there is a run that goes on, at `/`.
    /// - Returns: the page.
    package static func error(_ title: String, _ message: String, hasRun: Bool) -> WebPage {
        WebPage(
            title: "APE: \(title)",
            hasRun: hasRun,
            head: "<h1>\(title)</h1>",
            content: "<p>\(message)</p>"
        )
    }
}
