/// A file that served pages load.
package struct WebFile: Sendable {
    package let contentType: String
    package let text: String

    /// The file of a name; nil where there is none.
    package init?(named name: String) {
        switch name {
        case "style.css": self.init("text/css", Stylesheet.text + TrendPage.style + PageStyle.text)
        case "tables.js": self.init("text/javascript", SortScript.text + SortScript.startOnceThere)
        case "live.js": self.init("text/javascript", LiveScript.text)
        case "control.js": self.init("text/javascript", ControlScript.text)
        case "icon.svg": self.init("image/svg+xml", Self.icon)
        default: return nil
        }
    }

    private init(_ contentType: String, _ text: String) {
        self.contentType = contentType + "; charset=utf-8"
        self.text = text
    }

    /// Three bars, each longer than the one before.
    private static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#1f5fc4"/>
        <path d="M4 12V9M8 12V6.5M12 12V4" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>

        """
}
