/// What a program that serves a report in any format has to know of one.
extension ReportFormat {
    /// All formats, in the order of the command line's help.
    package static let all = [json, html, junit, markdown, csv, gitlabMetrics, badge, chat]

    /// What it is asked for by.
    package var name: String { option == Self.json.option ? "json" : option }

    /// The names of its parts, without their endings; none for a format of one file.
    package var partNames: [String] {
        parts.compactMap(\.name).map { name in String(name.prefix { $0 != "." }) }
    }

    package var contentType: String {
        switch name {
        case "json": "application/json"
        case "html": "text/html; charset=utf-8"
        case "junit": "application/xml"
        case "markdown": "text/markdown; charset=utf-8"
        case "csv": "text/csv; charset=utf-8"
        case "badge": "image/svg+xml"
        default: "text/plain; charset=utf-8"
        }
    }

    /// A report in this format.
    ///
    /// - Parameters:
    ///   - report: the report, with the timelines that the format needs.
    ///   - part: the part that is asked for; nil for a format of one file.
    /// - Returns: nil where there is no such part.
    package func text(of report: RunReport, part: String? = nil) -> String? {
        let asked = parts.first { own in own.name.map { String($0.prefix { $0 != "." }) } == part }
        return asked?.text(report)
    }
}
