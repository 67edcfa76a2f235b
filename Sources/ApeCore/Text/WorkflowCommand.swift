/// An annotation as GitHub Actions takes it from what a step prints: `::error file=ape.yml,line=12,title=...::...`.
package struct WorkflowCommand: Sendable, Equatable {
    /// How an annotation is shown; the raw value is the command's name.
    package enum Level: String, Sendable, CaseIterable {
        case error, warning, notice
    }

    package var level: Level
    /// The file that it stands beside; nil for none.
    package var file: String?
    /// From 1; without a file it says nothing.
    package var line: Int?
    package var title: String
    package var message: String

    package init(_ level: Level, file: String? = nil, line: Int? = nil, title: String, message: String) {
        self.level = level
        self.file = file
        self.line = line
        self.title = title
        self.message = message
    }

    /// The command without the end of its line.
    package var text: String {
        var properties: [String] = []
        if let file {
            properties.append("file=\(Self.property(file))")
            if let line { properties.append("line=\(line)") }
        }
        properties.append("title=\(Self.property(title))")
        return "::\(level.rawValue) \(properties.joined(separator: ","))::\(Self.data(message))"
    }

    /// Text behind the command. It is a line of words already, so that of what GitHub takes for more only `%` is left; the
    /// ends of lines are escaped all the same, since the runner unescapes them.
    private static func data(_ text: String) -> String {
        PlainText.line(text).replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    /// Text of a property, which a colon or a comma would end.
    private static func property(_ text: String) -> String {
        data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}

extension TerminalText {
    /// Commands to the CI system that runs the program, a line each: the only ones that any text holds.
    package init(_ commands: [WorkflowCommand]) {
        self.init(stringLiteral: commands.map { $0.text + "\n" }.joined())
    }
}
