/// One event of a stream of server-sent events (WHATWG HTML, section 9.2).
package struct ServerSentEvent: Sendable, Equatable {
    /// What a reader that comes back says it saw last; nil for an event that leaves that as it was.
    package var id: String?
    /// nil for `message`.
    package var name: String?
    package var data: String

    package init(id: String? = nil, name: String? = nil, data: String) {
        self.id = id
        self.name = name
        self.data = data
    }

    /// As it goes out.
    var text: String {
        var text = ""
        if let id { text += "id: \(Self.line(id))\n" }
        if let name { text += "event: \(Self.line(name))\n" }
        for line in data.unicodeScalars.split(omittingEmptySubsequences: false, whereSeparator: Self.isBreak) {
            text += "data: \(String(String.UnicodeScalarView(line)))\n"
        }
        return text + "\n"
    }

    /// A field of one line, whatever it came from.
    private static func line(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { !isBreak($0) && $0 != "\0" }))
    }

    private static func isBreak(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\r" }
}
